using Avro.File;
using Avro.Generic;
using FsCheck.Xunit;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.TestKit;
using Xunit;
using RecordSchema = Pipeline.Shared.Encoding.RecordSchema;

namespace Pipeline.Shared.Tests.Encoding;

[Properties(Arbitrary = [typeof(ArbitrarySpans), typeof(ArbitraryRecords)], MaxTest = 30, QuietOnSuccess = true)]
public sealed class AvroContainerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Property]
    public async Task Records_come_back_from_blocks_of_any_size_and_codec(Span[][] batches, int size, byte codec)
    {
        var bodies = batches.Select(b => Records.Encode("", b)).ToList();

        var file = await WriteAsync(RecordSchema.SpanBatch, bodies, (AvroCodec)(codec % 3), 1 + Math.Abs(size % 5000));

        Assert.Equal(bodies, await ReadAsync(file));
    }

    [Property]
    public async Task Apache_avro_reads_our_files(KeptTrace[] traces, bool deflate)
    {
        var file = await WriteAsync(RecordSchema.KeptTrace, traces.Select(Records.Encode), deflate ? AvroCodec.Deflate : AvroCodec.Null, 2000);

        using var reader = DataFileReader<GenericRecord>.OpenReader(new MemoryStream(file));
        Assert.Equal(traces.Select(t => AvroOracle.Dump(GenericRecords.Of(t))), reader.NextEntries.Select(r => AvroOracle.Dump(r)));
    }

    [Property]
    public async Task We_read_files_of_apache_avro(StepRecord[] steps, bool deflate)
    {
        var stream = new MemoryStream();
        using (var writer = DataFileWriter<GenericRecord>.OpenWriter(new GenericDatumWriter<GenericRecord>(RecordSchema.StepRecord.Parsed), stream, deflate ? new DeflateCodec() : new NullCodec(), leaveOpen: true))
            foreach (var step in steps)
                writer.Append(GenericRecords.Of(step));

        var bodies = await ReadAsync(stream.ToArray());
        Assert.Equal(steps.Select(s => AvroOracle.Dump(GenericRecords.Of(s))), bodies.Select(b => AvroOracle.Dump(GenericRecords.Of(StepRecord.Read(b)))));
    }

    [Theory]
    [InlineData(AvroCodec.Null)]
    [InlineData(AvroCodec.Deflate)]
    [InlineData(AvroCodec.Snappy)]
    public async Task File_without_records_is_a_file(AvroCodec codec)
    {
        using var reader = await AvroContainerReader.OpenAsync(new MemoryStream(await WriteAsync(RecordSchema.EdgeTotals, [], codec)), Cancellation);

        Assert.Equal(RecordSchema.EdgeTotals, reader.Schema);
        Assert.Equal(codec, reader.Codec);
        Assert.Empty(await reader.ReadAsync(Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task File_that_was_not_completed_holds_its_whole_blocks()
    {
        var body = Records.Encode(GoldenRecords.Step.Write);
        var stream = new MemoryStream();
        using (var writer = new AvroContainerWriter(stream, RecordSchema.StepRecord, blockBytes: 2 * body.Length))
            for (var i = 0; i < 5; i++)
                await writer.AppendAsync(body, Cancellation);

        Assert.Equal(4, (await ReadAsync(stream.ToArray())).Count);
    }

    [Fact]
    public async Task Record_of_another_schema_is_not_taken_in()
    {
        using var writer = new AvroContainerWriter(new MemoryStream(), RecordSchema.SpanBatch);

        await Assert.ThrowsAsync<EncodingException>(async () => await writer.AppendAsync(Records.Encode(GoldenRecords.Step.Write), Cancellation));
        Assert.Equal(0, writer.RecordCount);
    }

    [Theory]
    [InlineData(AvroCodec.Null)]
    [InlineData(AvroCodec.Deflate)]
    [InlineData(AvroCodec.Snappy)]
    public async Task File_that_is_cut_off_gives_its_first_records_and_says_so(AvroCodec codec)
    {
        var body = Records.Encode("", GoldenRecords.Several);
        var file = await WriteAsync(RecordSchema.SpanBatch, Enumerable.Repeat(body, 6), codec, 2 * body.Length);
        var blockEnds = 0;

        for (var length = file.Length - 1; length >= 0; length -= length > file.Length - 200 ? 1 : 37)
        {
            var (records, error) = await TryReadAsync(file[..length]);
            Assert.True(records is 0 or 2 or 4, $"{records} records of the first {length} bytes");
            blockEnds += error is null ? 1 : 0;
        }

        Assert.InRange(blockEnds, 0, 4);
    }

    [Theory]
    [InlineData(AvroCodec.Null)]
    [InlineData(AvroCodec.Deflate)]
    [InlineData(AvroCodec.Snappy)]
    public async Task Garbled_files_are_refused_or_read_and_nothing_else(AvroCodec codec)
    {
        var file = await WriteAsync(RecordSchema.StepRecord, Enumerable.Repeat(Records.Encode(GoldenRecords.Step.Write), 20), codec, 300);
        var random = new Random(7);
        var refused = 0;
        for (var i = 0; i < 1000; i++)
        {
            var garbled = file.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                garbled[random.Next(garbled.Length)] = (byte)random.Next(256);
            refused += (await TryReadAsync(garbled)).Error is null ? 0 : 1;
        }

        Assert.InRange(refused, 100, 1000);
    }

    [Fact]
    public async Task Snappy_blocks_with_a_wrong_checksum_are_refused()
    {
        var file = await WriteAsync(RecordSchema.StepRecord, [Records.Encode(GoldenRecords.Step.Write)], AvroCodec.Snappy);
        file[^17] ^= 1;

        Assert.Contains("checksum", (await TryReadAsync(file)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Block_without_the_sync_marker_is_refused()
    {
        var file = await WriteAsync(RecordSchema.StepRecord, [Records.Encode(GoldenRecords.Step.Write)], AvroCodec.Null);
        file[^1] ^= 1;

        Assert.Contains("sync marker", (await TryReadAsync(file)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "cut off")]
    [InlineData("PK\u0003\u0004 zip", "does not begin")]
    [InlineData("Obj\u0001\0", "does not say its schema")]
    [InlineData("Obj\u0001\u0002\u0016avro.schema\u000c\"Nope\"\0", "cannot be read")]
    [InlineData("Obj\u0001\u0002\u0016avro.schema\u0010\"string\"\0", "'string' of a schema that is not known")]
    [InlineData("Obj\u0001\u0002\u0016avro.schema\u0001", "below zero")]
    public async Task File_that_is_not_ours_is_refused_with_the_reason(string text, string named) =>
        Assert.Contains(named, (await TryReadAsync(System.Text.Encoding.Latin1.GetBytes(text))).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Unknown_codec_is_named()
    {
        var file = System.Text.Encoding.Latin1.GetString(await WriteAsync(RecordSchema.StepRecord, [], AvroCodec.Snappy)).Replace("snappy", "brotli", StringComparison.Ordinal);

        Assert.Contains("brotli", (await TryReadAsync(System.Text.Encoding.Latin1.GetBytes(file))).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AvroCodec.Deflate)]
    [InlineData(AvroCodec.Snappy)]
    public void Block_that_unpacks_to_more_than_the_limit_is_refused(AvroCodec codec)
    {
        using var packed = new AvroWriter();
        AvroBlockCompression.Compress(codec, new byte[100_000], packed);
        using var unpacked = new AvroWriter();

        AvroBlockCompression.Decompress(codec, packed.Written.ToArray(), unpacked, 100_000);
        Assert.Equal(100_000, unpacked.Length);
        Assert.Throws<EncodingException>(() => AvroBlockCompression.Decompress(codec, packed.Written.ToArray(), unpacked, 99_999));
    }

    [Fact]
    public async Task Claimed_size_costs_no_memory_before_the_bytes_are_there()
    {
        var head = await WriteAsync(RecordSchema.StepRecord, [], AvroCodec.Null);
        byte[] file = [.. head, .. Records.Encode(w => w.WriteLong(1)), .. Records.Encode(w => w.WriteLong(AvroContainerReader.MaxBlockBytes))];
        await TryReadAsync(file);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var (_, error) = await TryReadAsync(file);

        Assert.Contains("cut off", error, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, AvroContainerReader.MaxBlockBytes / 2);
    }

    [Theory]
    [InlineData("123456789", 0xcbf43926U)]
    [InlineData("kafka", 0x5bbc7517U)]
    [InlineData("1234", 0x9be3e0a3U)]
    [InlineData("", 0U)]
    public void Checksum_is_that_of_zlib(string text, uint crc) => Assert.Equal(crc, Crc32.Of(System.Text.Encoding.ASCII.GetBytes(text)));

    internal static async Task<byte[]> WriteAsync(RecordSchema schema, IEnumerable<byte[]> bodies, AvroCodec codec, int blockBytes = AvroContainerWriter.DefaultBlockBytes)
    {
        using var stream = new MemoryStream();
        using var writer = new AvroContainerWriter(stream, schema, codec, blockBytes);
        foreach (var body in bodies)
            await writer.AppendAsync(body, Cancellation);
        await writer.CompleteAsync(Cancellation);
        return stream.ToArray();
    }

    internal static async Task<List<byte[]>> ReadAsync(byte[] file)
    {
        using var reader = await AvroContainerReader.OpenAsync(new MemoryStream(file), Cancellation);
        return await reader.ReadAsync(Cancellation).Select(body => body.ToArray()).ToListAsync(Cancellation);
    }

    private static async Task<(int Records, string? Error)> TryReadAsync(byte[] file)
    {
        var records = 0;
        try
        {
            using var reader = await AvroContainerReader.OpenAsync(new MemoryStream(file), Cancellation);
            await foreach (var _ in reader.ReadAsync(Cancellation))
                records++;
            return (records, null);
        }
        catch (EncodingException e)
        {
            return (records, e.Message);
        }
    }
}
