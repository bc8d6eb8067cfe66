using Pipeline.Shared.Encoding;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Shared.Tests.Encoding;

public sealed class AvroWriterTests
{
    // Sizes around those at which a block's header needs one byte, two, three and more: its content must be moved.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 63)]
    [InlineData(1, 64)]
    [InlineData(1, 8191)]
    [InlineData(1, 8192)]
    [InlineData(1, 1_048_576)]
    [InlineData(63, 1)]
    [InlineData(64, 1)]
    [InlineData(65, 1)]
    [InlineData(65, 127)]
    [InlineData(8193, 1)]
    [InlineData(8193, 300)]
    public void Blocks_of_any_size_hold_what_was_written_into_them(int items, int itemBytes)
    {
        var item = Enumerable.Range(0, itemBytes).Select(i => (byte)i).ToArray();
        var body = Records.Encode(writer =>
        {
            writer.WriteString("before");
            var block = writer.BeginBlock();
            for (var i = 0; i < items; i++)
                writer.WriteRaw(item);
            writer.EndBlock(block, items);
            writer.WriteString("after");
        });

        var reader = new AvroReader(body);
        Assert.Equal("before", reader.ReadString());
        Assert.Equal(items, reader.ReadBlock(out var size));
        Assert.Equal(items * itemBytes, size);
        for (var i = 0; i < items; i++)
            Assert.Equal(item, reader.ReadRaw(itemBytes));
        Assert.Equal(0, reader.ReadBlock(out _));
        Assert.Equal("after", reader.ReadString());
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void Blocks_nest()
    {
        var body = Records.Encode(writer => Nest(writer, 20));

        var reader = new AvroReader(body);
        for (var depth = 20; depth > 0; depth--)
        {
            Assert.Equal(1, reader.ReadBlock(out var size));
            Assert.Equal(body.Length - reader.Position - (20 - depth) - 1, size);
            Assert.Equal(1000, reader.ReadRaw(1000).Length);
        }

        for (var depth = 20; depth > 0; depth--)
            Assert.Equal(0, reader.ReadBlock(out _));
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void Block_without_items_is_one_byte() => Assert.Equal([0], Records.Encode(writer => writer.EndBlock(writer.BeginBlock(), 0)));

    [Fact]
    public void Block_can_be_closed_without_ending_its_array()
    {
        var body = Records.Encode(writer =>
        {
            for (var i = 0; i < 2; i++)
            {
                var block = writer.BeginBlock();
                writer.WriteLong(i);
                writer.CloseBlock(block, 1);
            }

            writer.WriteByte(0);
        });

        Assert.Equal([1, 2, 0, 1, 2, 2, 0], body);
    }

    [Fact]
    public void Empty_block_cannot_be_closed_because_it_would_end_the_array()
    {
        using var writer = new AvroWriter();
        var block = writer.BeginBlock();

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.CloseBlock(block, 0));
    }

    [Fact]
    public void What_was_written_can_be_taken_back_in_part()
    {
        using var writer = new AvroWriter();
        writer.WriteRaw([1, 2, 3, 4, 5, 6]);

        writer.Remove(1, 2);
        Assert.Equal([1, 4, 5, 6], writer.Written.ToArray());
        writer.Truncate(3);
        Assert.Equal([1, 4, 5], writer.Written.ToArray());
        writer.Truncate();
        Assert.Equal(0, writer.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Truncate(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Remove(0, 1));
    }

    [Fact]
    public void Warm_writes_allocate_nothing()
    {
        using var writer = new AvroWriter();

        Assert.Equal(0, Allocated.BytesBy(() => WriteEverything(writer)));
    }

    private static void WriteEverything(AvroWriter writer)
    {
        writer.Truncate();
        writer.WriteString("zażółć 🙂");
        writer.WriteDouble(1.5);
        writer.WriteBoolean(true);
        writer.WriteBytes([1, 2, 3]);
        var outer = writer.BeginBlock();
        for (var i = 0; i < 100; i++)
        {
            var inner = writer.BeginBlock();
            writer.WriteLong(long.MinValue + i);
            writer.WriteFixed64(ulong.MaxValue);
            writer.EndBlock(inner, 1);
        }

        writer.EndBlock(outer, 100);
    }

    private static void Nest(AvroWriter writer, int depth)
    {
        if (depth == 0)
            return;
        var block = writer.BeginBlock();
        writer.WriteRaw(new byte[1000]);
        Nest(writer, depth - 1);
        writer.EndBlock(block, 1);
    }
}
