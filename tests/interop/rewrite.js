// Reads an Avro container file with npm's avsc and writes its records into another one: node rewrite.js IN OUT CODEC.
// Prints {"schema", "codec", "records", "spanNames"} of what was read.
'use strict';

const avro = require('avsc');
const snappy = require('snappyjs');

const [input, output, codec] = process.argv.slice(2);

const crcTable = Array.from({ length: 256 }, (_, i) => {
  let crc = i;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const b of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ b) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}

// JavaScript's numbers hold 53 bits; ours need 64.
const longType = avro.types.LongType.__with({
  fromBuffer: (bytes) => bytes.readBigInt64LE(),
  toBuffer: (value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value) => typeof value === 'bigint',
  compare: (a, b) => (a === b ? 0 : a < b ? -1 : 1),
});

const typeOf = (schema) => avro.Type.forSchema(schema, { registry: { long: longType }, wrapUnions: true });

const unpack = {
  null: (bytes, done) => done(null, bytes),
  deflate: require('zlib').inflateRaw,
  snappy: (bytes, done) => {
    const content = Buffer.from(snappy.uncompress(bytes.subarray(0, -4)));
    done(crc32(content) === bytes.readUInt32BE(bytes.length - 4) ? null : new Error('wrong checksum'), content);
  },
};

const pack = {
  null: (bytes, done) => done(null, bytes),
  deflate: require('zlib').deflateRaw,
  snappy: (bytes, done) => {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(bytes));
    done(null, Buffer.concat([Buffer.from(snappy.compress(bytes)), checksum]));
  },
};

const summary = { records: 0, spanNames: [] };
let encoder;
avro
  .createFileDecoder(input, { codecs: unpack, parseHook: typeOf })
  .on('metadata', (type, codecName, header) => {
    summary.schema = type.name;
    summary.codec = codecName;
    encoder = new avro.streams.BlockEncoder(typeOf(JSON.parse(header.meta['avro.schema'].toString())), { codec, codecs: pack, blockSize: 4096, writeHeader: true });
    encoder.pipe(require('fs').createWriteStream(output)).on('finish', () => console.log(JSON.stringify(summary)));
  })
  .on('data', (record) => {
    summary.records++;
    for (const span of record.spans || []) summary.spanNames.push(span.name);
    encoder.write(record);
  })
  .on('end', () => encoder.end())
  .on('error', (error) => {
    console.error(error);
    process.exit(1);
  });
