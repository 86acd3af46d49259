process.stdout.write('counted\n');
