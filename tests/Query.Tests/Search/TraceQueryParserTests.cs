using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Pipeline.Query.Search;

namespace Pipeline.Query.Tests.Search;

public sealed class TraceQueryParserTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Every_parameter_is_read()
    {
        var query = Parse("service=a&operation=GET%20/&start=1000000&end=2000000&limit=7&minDuration=1ms&maxDuration=1.5s&tags=%7B%22error%22%3A%22true%22%7D"
            + "&tag=http.url:http://x:80/&tag=k:&raw=true&lookback=custom").Query;
        Assert.Equal(("a", "GET /", 7), (query.Service, query.Operation, query.Limit));
        Assert.Equal((DateTimeOffset.UnixEpoch.AddSeconds(1), DateTimeOffset.UnixEpoch.AddSeconds(2)), (query.StartMin, query.StartMax));
        Assert.Equal((TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1.5)), (query.DurationMin, query.DurationMax));
        Assert.Equal(new Dictionary<string, string> { ["error"] = "true", ["http.url"] = "http://x:80/", ["k"] = "" }, query.Tags);
    }

    [Fact]
    public void What_is_left_out_has_Jaegers_defaults()
    {
        var search = Parse("service=a&operation=&maxDuration=&minDuration=&tags=&tag=");
        Assert.False(search.IsRaw);
        Assert.Equal((Now.AddDays(-2), Now, 100), (search.Query.StartMin, search.Query.StartMax, search.Query.Limit));
        Assert.Null(search.Query.Operation);
        Assert.Null(search.Query.DurationMin);
        Assert.Null(search.Query.DurationMax);
        Assert.Empty(search.Query.Tags);
    }

    [Fact]
    public void Ids_make_a_search_of_their_own()
    {
        var search = Parse("traceID=1&traceID=0000000000000001&traceID=2");
        Assert.Equal(["00000000000000000000000000000001", "00000000000000000000000000000002"], search.TraceIds.Select(i => i.ToString()));
    }

    [Fact]
    public void An_end_in_the_past_takes_the_start_with_it() => Assert.Equal(DateTimeOffset.UnixEpoch.AddDays(8), Parse("service=a&end=864000000000").Query.StartMin);

    [Theory]
    [InlineData("", "parameter 'service' is required")]
    [InlineData("service=", "parameter 'service' is required")]
    [InlineData("service=a&start=x", "unable to parse param 'start'")]
    [InlineData("service=a&end=-1", "unable to parse param 'end'")]
    [InlineData("service=a&end=99999999999999999999", "unable to parse param 'end'")]
    [InlineData("service=a&start=9223372036854775807", "unable to parse param 'start'")]
    [InlineData("service=a&start=2000000&end=1000000", "'end' must not be before 'start'")]
    [InlineData("service=a&limit=0", "'0' is not a whole number from 1 to 1500")]
    [InlineData("service=a&limit=1501", "'1501' is not a whole number from 1 to 1500")]
    [InlineData("service=a&limit=ten", "unable to parse param 'limit'")]
    [InlineData("service=a&minDuration=5", "unable to parse param 'minDuration'")]
    [InlineData("service=a&maxDuration=-5s", "unable to parse param 'maxDuration'")]
    [InlineData("service=a&minDuration=2s&maxDuration=1s", "'maxDuration' should be greater than 'minDuration'")]
    [InlineData("service=a&tag=novalue", "malformed 'tag' parameter, expecting key:value, received: novalue")]
    [InlineData("service=a&tags=x", "malformed 'tags' parameter, cannot unmarshal JSON")]
    [InlineData("service=a&tags=[]", "malformed 'tags' parameter, expecting a JSON object of strings")]
    [InlineData("service=a&tags={\"a\":1}", "the value of 'a' must be a string (in quotes), not 1")]
    [InlineData("service=a&raw=maybe", "unable to parse param 'raw': 'maybe' is neither true nor false")]
    [InlineData("traceID=xyz", "unable to parse param 'traceID': 'xyz' is not a trace id")]
    public void What_is_wrong_is_named(string query, string expected)
    {
        var parameters = Parameters(query);
        TraceQueryParser.Parse(parameters, Now, isServiceRequired: true);
        Assert.Contains(expected, parameters.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1767323045000000", "2026-01-02T03:04:05Z")]
    [InlineData("1767323045000", "2026-01-02T03:04:05Z")]
    [InlineData("100000000000000", "1973-03-03T09:46:40Z")]
    public void A_hint_in_milliseconds_is_understood(string text, string expected) => Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
        Parameters("start=" + text).MicrosecondsOrMilliseconds("start"));

    private static TraceSearch Parse(string query)
    {
        var parameters = Parameters(query);
        var search = TraceQueryParser.Parse(parameters, Now, isServiceRequired: true);
        Assert.Null(parameters.Error);
        return search;
    }

    private static RequestParameters Parameters(string query) => new(new QueryCollection(QueryHelpers.ParseQuery(query)));
}
