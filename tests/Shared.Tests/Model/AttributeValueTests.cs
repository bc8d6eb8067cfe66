using Pipeline.Shared.Model;
using Xunit;

namespace Pipeline.Shared.Tests.Model;

public sealed class AttributeValueTests
{
    public static TheoryData<string, AttributeValue, AttributeValue> Equal => new()
    {
        { "empty", AttributeValue.Empty, default },
        { "text", AttributeValue.From("a"), AttributeValue.From(new string('a', 1)) },
        { "truth", AttributeValue.From(true), AttributeValue.From(true) },
        { "number", AttributeValue.From(long.MinValue), AttributeValue.From(long.MinValue) },
        { "NaN", AttributeValue.From(double.NaN), AttributeValue.From(double.NaN) },
        { "bytes", AttributeValue.From(new byte[] { 1, 2 }), AttributeValue.From(new byte[] { 1, 2 }) },
        { "list", AttributeValue.From([AttributeValue.From(1L)]), AttributeValue.From(new List<AttributeValue> { AttributeValue.From(1L) }) },
        { "map", AttributeValue.From(new AttributeList { { "a", "1" }, { "b", "2" } }), AttributeValue.From(new AttributeList { { "b", "2" }, { "a", "1" } }) },
    };

    public static TheoryData<string, AttributeValue, AttributeValue> Different => new()
    {
        { "empty and empty text", AttributeValue.Empty, AttributeValue.From("") },
        { "long and double", AttributeValue.From(1L), AttributeValue.From(1.0) },
        { "same bits of two types", AttributeValue.From(0L), AttributeValue.From(0.0) },
        { "truth and number", AttributeValue.From(true), AttributeValue.From(1L) },
        { "zero and minus zero", AttributeValue.From(0.0), AttributeValue.From(-0.0) },
        { "two NaN", AttributeValue.From(double.NaN), AttributeValue.From(BitConverter.Int64BitsToDouble(0x7ff8000000000001)) },
        { "bytes", AttributeValue.From(new byte[] { 1 }), AttributeValue.From(new byte[] { 1, 0 }) },
        { "order of a list", AttributeValue.From([AttributeValue.From(1L), AttributeValue.From(2L)]), AttributeValue.From([AttributeValue.From(2L), AttributeValue.From(1L)]) },
        { "map", AttributeValue.From(new AttributeList { { "a", "1" } }), AttributeValue.From(new AttributeList { { "a", "2" } }) },
    };

    [Theory]
    [MemberData(nameof(Equal), DisableDiscoveryEnumeration = true)]
    public void Same_type_and_content_are_equal(string what, AttributeValue left, AttributeValue right)
    {
        Assert.True(left == right, what);
        Assert.False(left != right, what);
        Assert.Equal(left.GetHashCode(), right.GetHashCode());
    }

    [Theory]
    [MemberData(nameof(Different), DisableDiscoveryEnumeration = true)]
    public void Another_type_or_content_is_not_equal(string what, AttributeValue left, AttributeValue right)
    {
        Assert.False(left == right, what);
        Assert.False(left.Equals((object)right), what);
    }

    [Fact]
    public void Content_of_another_type_cannot_be_taken()
    {
        Assert.Throws<InvalidCastException>(() => AttributeValue.From(1L).AsString);
        Assert.Throws<InvalidCastException>(() => AttributeValue.From("1").AsLong);
        Assert.Throws<InvalidCastException>(() => AttributeValue.Empty.AsMap);
        Assert.Throws<InvalidCastException>(() => AttributeValue.From(0L).AsDouble);
    }

    [Fact]
    public void Text_is_invariant()
    {
        Assert.Equal("true", AttributeValue.From(true).ToString());
        Assert.Equal("-9223372036854775808", AttributeValue.From(long.MinValue).ToString());
        Assert.Equal("1.5", AttributeValue.From(1.5).ToString());
        Assert.Equal("AP8=", AttributeValue.From(new byte[] { 0, 255 }).ToString());
        Assert.Equal("[1,{k:v}]", AttributeValue.From([AttributeValue.From(1L), AttributeValue.From(new AttributeList { { "k", "v" } })]).ToString());
        Assert.Equal("", AttributeValue.Empty.ToString());
    }
}
