using FsCheck.Xunit;
using Pipeline.Shared.Encoding;
using Xunit;

namespace Pipeline.Shared.Tests.Encoding;

public sealed class AvroReaderTests
{
    private const string LongestVarint = "FFFFFFFFFFFFFFFFFF01";

    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(63, "7E")]
    [InlineData(-64, "7F")]
    [InlineData(64, "8001")]
    [InlineData(-65, "8101")]
    [InlineData(8191, "FE7F")]
    [InlineData(8192, "808001")]
    [InlineData(int.MaxValue, "FEFFFFFF0F")]
    [InlineData(int.MinValue, "FFFFFFFF0F")]
    [InlineData(long.MaxValue, "FEFFFFFFFFFFFFFFFF01")]
    [InlineData(long.MinValue, LongestVarint)]
    public void Longs_are_zigzag_varints(long value, string hex)
    {
        Assert.Equal(hex, Convert.ToHexString(Records.Encode(writer => writer.WriteLong(value))));
        Assert.Equal(value, new AvroReader(Convert.FromHexString(hex)).ReadLong());
    }

    [Property(MaxTest = 500)]
    public bool Any_long_comes_back(long value) => new AvroReader(Records.Encode(writer => writer.WriteLong(value))).ReadLong() == value;

    [Theory]
    [InlineData("", "cut off")]
    [InlineData("80", "cut off")]
    [InlineData("FFFFFFFFFFFFFFFFFF", "cut off")]
    [InlineData("FFFFFFFFFFFFFFFFFF02", "more than 64 bits")]
    [InlineData("FFFFFFFFFFFFFFFFFF7F", "more than 64 bits")]
    [InlineData("80808080808080808080", "more than ten bytes")]
    public void Number_that_is_cut_off_or_too_long_is_refused(string hex, string named) =>
        Refused(hex, named, (ref AvroReader reader) => reader.ReadLong());

    [Theory]
    [InlineData("8080808010")]
    [InlineData("8180808010")]
    [InlineData(LongestVarint)]
    public void Int_has_32_bits(string hex) => Refused(hex, "32-bit", (ref AvroReader reader) => reader.ReadInt());

    [Theory]
    [InlineData("01")]
    [InlineData("8080808020")]
    public void Count_has_32_bits_and_no_sign(string hex) => Refused(hex, "unsigned 32-bit", (ref AvroReader reader) => reader.ReadUInt32());

    [Theory]
    [InlineData("02")]
    [InlineData("FF")]
    public void Boolean_is_zero_or_one(string hex) => Refused(hex, "not a boolean", (ref AvroReader reader) => reader.ReadBoolean());

    [Theory]
    [InlineData("02")]
    [InlineData("01")]
    [InlineData("0400")]
    [InlineData(LongestVarint)]
    [InlineData("FEFFFFFFFFFFFFFFFF01")]
    public void Length_beyond_the_end_or_below_zero_is_refused(string hex) => Refused(hex, "beyond the end", (ref AvroReader reader) => reader.ReadBytes());

    [Theory]
    [InlineData("01")]
    [InlineData("10")]
    public void Index_must_be_one_of_the_branches(string hex) => Refused(hex, "not below 8", (ref AvroReader reader) => reader.ReadIndex(8));

    [Theory]
    [InlineData("0400", "2 items in 1 bytes")]
    [InlineData("FEFFFFFFFFFFFFFFFF01", "items in 0 bytes")]
    [InlineData("0302", "beyond the end")]
    [InlineData("0301", "beyond the end")]
    [InlineData("03020000", "2 items in 1 bytes")]
    [InlineData(LongestVarint + "00", "beyond the end")]
    public void Block_that_claims_more_than_there_is_is_refused(string hex, string named) =>
        Refused(hex, named, (ref AvroReader reader) => reader.ReadBlock(out _));

    [Fact]
    public void Text_that_is_not_utf8_is_read_with_replacement_characters()
    {
        var reader = new AvroReader([0x04, 0xC3, 0x28]);

        Assert.Equal("\ufffd(", reader.ReadString());
    }

    [Fact]
    public void Lone_surrogates_are_written_as_replacement_characters()
    {
        var body = Records.Encode(writer => writer.WriteString("a\ud800b"));

        Assert.Equal("a\ufffdb", new AvroReader(body).ReadString());
    }

    [Theory]
    [InlineData("00", 0, -1)]
    [InlineData("0200", 1, -1)]
    [InlineData("010200", 1, 1)]
    [InlineData("0304000000", 2, 2)]
    public void Block_says_its_items_and_where_negative_its_bytes(string hex, long items, int bytes)
    {
        var reader = new AvroReader(Convert.FromHexString(hex));

        Assert.Equal(items, reader.ReadBlock(out var size));
        Assert.Equal(bytes, size);
    }

    [Fact]
    public void Errors_name_the_place() => Refused("0000", "byte 2 of 2", (ref AvroReader reader) => _ = (reader.ReadLong(), reader.ReadLong(), reader.ReadLong()));

    private delegate void Reading(ref AvroReader reader);

    private static void Refused(string hex, string named, Reading read)
    {
        var exception = Assert.Throws<EncodingException>(() =>
        {
            var reader = new AvroReader(Convert.FromHexString(hex));
            read(ref reader);
        });
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }
}
