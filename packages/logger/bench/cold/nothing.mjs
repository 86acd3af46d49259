process.stdout.write('{"message":"ready"}\n');
