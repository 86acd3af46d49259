export { type Block, blocksOf } from './blocks.ts';
export { type PageBlock, pageBlocks } from './pages.ts';
