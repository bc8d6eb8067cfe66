using System.Diagnostics;
using Pipeline.Shared.Encoding;
using Pipeline.TestKit;
using Pipeline.TestKit.Storage;
using Xunit;

namespace Pipeline.Shared.Tests.Encoding;

/// <summary>Bodies that are cut off, garbled or made to lie: only <see cref="EncodingException"/> may come out, with memory and time in proportion to the bytes.</summary>
public sealed class CodecFuzzTests
{
    private const int CasesPerRecord = 3000;
    private const int FixedMemory = 64 * 1024;
    // The smallest encoded item is one byte (a null in a list); what stands for it in a growing list takes some tens.
    private const int MemoryPerByte = 400;

    private static readonly byte[][] Hostile =
    [
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0xFE, 0xFF, 0xFF, 0xFF, 0x0F], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
        [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF8, 0x88], [0x00], [0x01], [0x02], [0x0C, 0x02], [0x0E, 0x02, 0x00],
    ];

    private static readonly byte[] Another = Batch(3);

    public static TheoryData<string> Kinds => [.. Readers.Keys];

    private static Dictionary<string, (byte[][] Seeds, Action<byte[]> Read)> Readers { get; } = new()
    {
        ["SpanBatch"] = ([Batch(1), Batch(5), AvroOracle.Write(RecordSchema.SpanBatch, GenericRecords.Of("t", [RichSpans.Full(), A.Span()]))], body => SpanBatchRecord.ReadSpans(body)),
        ["SpanBatch, reused"] = ([Batch(3)], ReadTwice),
        ["Span tails"] = ([Batch(2)], SkipTails),
        ["KeptTrace"] = ([Records.Encode(Kept())], body => _ = KeptTraceReader.Read(body).Spans),
        ["StepRecord"] = ([Records.Encode(Step().Write)], body => StepRecord.Read(body)),
        ["EdgeDeltas"] = ([Records.Encode(Deltas().Write)], body => EdgeDeltas.Read(body)),
        ["EdgeTotals"] = ([Records.Encode(Totals().Write)], body => EdgeTotals.Read(body)),
        ["Framing"] = ([Records.Encode(w => new RecordFraming().WritePrefix(w, RecordSchema.SpanBatch))], body => new RecordFraming().Unframe(body, RecordSchema.SpanBatch)),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Garbled_bodies_are_refused_or_read_and_nothing_else(string kind)
    {
        var (seeds, read) = Readers[kind];
        var random = new Random(20260102);
        var (refused, accepted) = (0, 0);
        for (var i = 0; i < CasesPerRecord; i++)
            if (IsRead(Garble(random, seeds[i % seeds.Length]), read))
                accepted++;
            else
                refused++;

        Assert.True(refused > CasesPerRecord / 10, $"only {refused} of {CasesPerRecord} were refused");
        Assert.True(accepted > 0, "none was read: the cases do not get past the first check");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bodies_that_are_cut_off_anywhere_are_refused(string kind)
    {
        var (seeds, read) = Readers[kind];
        var seed = seeds[0];
        read(seed);

        for (var length = 0; length < seed.Length; length += Math.Max(1, seed.Length / 1000))
            Assert.False(IsRead(seed[..length], read), $"the first {length} of {seed.Length} bytes were read as a whole body");
    }

    [Fact]
    public void Deep_nesting_is_refused_and_not_followed()
    {
        // An attribute that is a list of a list of a list …: three bytes a level.
        var nested = Enumerable.Range(0, 300_000).SelectMany(_ => new byte[] { 0x0C, 0x02 }).ToArray();
        var body = Records.Encode(writer =>
        {
            writer.WriteString("");
            writer.WriteRaw([0x02, 0x02, 0x00]);
            writer.WriteRaw(nested);
        });

        Assert.Contains("nest deeper", Assert.Throws<EncodingException>(() => SpanBatchRecord.ReadSpans(body)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_of_very_many_attributes_is_read_in_time_that_grows_with_its_size()
    {
        var scope = Records.Encode(writer => ManyAttributes(writer, 200_000));

        var watch = Stopwatch.StartNew();
        var reader = new AvroReader(scope);
        var read = ModelDecoder.ReadScope(ref reader);

        Assert.Equal(100_000, read.Attributes.Count);
        // Comparing every key with every other one takes minutes.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    private static bool IsRead(byte[] body, Action<byte[]> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isRead = true;
        try
        {
            read(body);
        }
        catch (EncodingException)
        {
            isRead = false;
        }
        catch (Exception e)
        {
            Assert.Fail($"{Convert.ToHexString(body)}\n{e}");
        }

        var used = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(used <= FixedMemory + (long)MemoryPerByte * body.Length, $"{used} bytes were allocated for a body of {body.Length}: {Convert.ToHexString(body)}");
        return isRead;
    }

    private static byte[] Garble(Random random, byte[] seed)
    {
        var bytes = seed.ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var place = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[place] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(place, random.Next(Math.Min(20, bytes.Count - place)));
                    break;
                case 3:
                    bytes.InsertRange(place, Hostile[random.Next(Hostile.Length)]);
                    break;
                case 4:
                    var hostile = Hostile[random.Next(Hostile.Length)];
                    for (var i = 0; i < hostile.Length && place + i < bytes.Count; i++)
                        bytes[place + i] = hostile[i];
                    break;
                case 5:
                    bytes.InsertRange(place, bytes.GetRange(place, random.Next(Math.Min(64, bytes.Count - place))));
                    break;
                default:
                    bytes.InsertRange(place, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 200)));
                    break;
            }

            if (bytes.Count == 0)
                bytes.Add(0);
        }

        return [.. bytes];
    }

    // What was left behind by a body that was refused must not show in the next one.
    private static void ReadTwice(byte[] body)
    {
        var set = new SpanSet();
        try
        {
            SpanBatchRecord.Read(body, set);
            set.Decode(body);
        }
        catch (EncodingException)
        {
            AssertReadsAnother(set);
            throw;
        }

        AssertReadsAnother(set);
    }

    private static void AssertReadsAnother(SpanSet set)
    {
        SpanBatchRecord.Read(Another, set);
        Assert.Equal(3, set.Spans.Count);
        Assert.Equal(2, set.Resources.Count);
    }

    private static void SkipTails(byte[] body)
    {
        var set = new SpanSet();
        SpanBatchRecord.Read(body, set);
        foreach (var span in set.Spans)
        {
            var reader = new AvroReader(body.AsSpan(span.Body));
            SpanHead.Read(ref reader);
            AvroSkip.SpanTail(ref reader);
            reader.RequireEnd();
        }
    }

    private static void ManyAttributes(AvroWriter writer, int count)
    {
        writer.WriteString("");
        writer.WriteString("");
        writer.WriteLong(count);
        for (var i = 0; i < count; i++)
        {
            writer.WriteString("k" + i / 2);
            writer.WriteByte(0);
        }

        writer.WriteByte(0);
        writer.WriteLong(0);
        writer.WriteString("");
    }

    private static byte[] Batch(int spans) => Records.Encode("tenant", Enumerable.Range(1, spans).Select(i => i % 2 == 0 ? A.Span(1, i) : RichSpans.Full(1, i)));

    private static KeptTrace Kept() => new() { TraceId = A.TraceId(1), Tenant = "t", Rule = "errors", Reason = "root_arrived", Threshold = 1UL << 55, DecidedAtMs = 1, SourceOffset = 2, Piece = 3, Spans = [RichSpans.Full(), A.Span()] };

    private static StepRecord Step() => new()
    {
        Position = 1000,
        Watermark = 900,
        StreamTimeMs = 1_767_323_045_000,
        Ledger = new Dictionary<string, long> { ["consumed"] = 10, ["kept"] = 4 },
        SamplerState = new byte[] { 1, 2, 3 },
        Decisions = [.. Enumerable.Range(1, 10).Select(i => new LoggedDecision(A.TraceId(i), i % 2 == 0, "rule", "reason", i % 3 == 0 ? null : 1UL << 50, i))],
    };

    private static EdgeDeltas Deltas()
    {
        var counts = new EdgeCounts { Calls = 3, Failed = 1, LastSpanTimeMs = 5 };
        counts.ClientSeconds.Observe(0.3, 2);
        counts.ServerSeconds.Observe(100, 1);
        var end = new LinkEnd(A.TraceId(1), A.SpanId(2), "queue", ulong.MaxValue, 0.5, true, 2);
        return new EdgeDeltas(3_600_000, [new(new EdgeKey("a", "b", "", ""), counts), new(new EdgeKey("a", "c", "database", "server"), counts)]) { Producers = [end], Consumers = [end, end] };
    }

    private static EdgeTotals Totals() => new(new EdgeKey("a", "b", "messaging_system", ""), Deltas().Series[0].Value, new SortedDictionary<long, double> { [0] = 1, [3_600_000] = 2.5 });
}
