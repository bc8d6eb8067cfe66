using Pipeline.Query.Search;

namespace Pipeline.Query.Tests.Search;

public sealed class TraceIdTextTests
{
    [Theory]
    [InlineData("1", "00000000000000000000000000000001")]
    [InlineData("ABCDEF", "00000000000000000000000000abcdef")]
    [InlineData("83a9efd15c1c98a977e0711cc93ee28b", "83a9efd15c1c98a977e0711cc93ee28b")]
    [InlineData("g6nv0VwcmKl34HEcyT7iiw==", "83a9efd15c1c98a977e0711cc93ee28b")]
    [InlineData("g6nv0VwcmKl34HEcyT7iiw", "83a9efd15c1c98a977e0711cc93ee28b")]
    [InlineData("d+BxHMk+4os=", "000000000000000077e0711cc93ee28b")]
    [InlineData("d-BxHMk-4os", "000000000000000077e0711cc93ee28b")]
    public void Both_forms_are_read(string text, string id)
    {
        Assert.True(TraceIdText.TryParse(text, out var actual));
        Assert.Equal(id, actual.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("183a9efd15c1c98a977e0711cc93ee28b")]
    [InlineData("not an id")]
    [InlineData("0x1")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("g6nv0VwcmKl34HEcyT7iiwzzzz")]
    [InlineData("<script>zz")]
    public void What_names_no_trace_is_refused(string text) => Assert.False(TraceIdText.TryParse(text, out _));
}
