namespace Pipeline.Query.Tests.Dependencies;

public sealed class DependencyEndpointsTests
{
    private readonly MemoryStore _store = new();

    [Fact]
    public async Task Edges_are_summed_and_ordered()
    {
        _store.Dependencies.AddRange([new("b", "c", 2), new("a", "b", 1), new("b", "c", 3)]);
        await using var process = await QueryProcess.StartAsync(_store);
        var answer = await process.GetAsync("/api/dependencies?endTs=1767323045000&lookback=3600000");
        Assert.Equal("""[{"parent":"a","child":"b","callCount":1},{"parent":"b","child":"c","callCount":5}]""", answer["data"]!.ToJsonString());
        var end = DateTimeOffset.FromUnixTimeMilliseconds(1767323045000);
        Assert.Equal((end.AddHours(-1), end), _store.LastWindow);
    }

    [Fact]
    public async Task One_services_edges_are_those_on_both_its_sides()
    {
        _store.Dependencies.AddRange([new("a", "b", 1), new("b", "c", 2), new("c", "d", 3)]);
        await using var process = await QueryProcess.StartAsync(_store);
        var answer = await process.GetAsync("/api/dependencies?service=b");
        Assert.Equal(["a", "b"], answer["data"]!.AsArray().Select(e => (string)e!["parent"]!));
        Assert.Equal(TimeSpan.FromDays(1), _store.LastWindow!.Value.End - _store.LastWindow.Value.Start);
    }

    [Theory]
    [InlineData("endTs=x", "'endTs'")]
    [InlineData("lookback=-1", "'lookback'")]
    [InlineData("lookback=1h", "'lookback'")]
    [InlineData("endTs=9223372036854775807", "'endTs'")]
    public async Task What_is_wrong_is_named(string query, string expected)
    {
        await using var process = await QueryProcess.StartAsync(_store);
        Assert.Contains(expected, await process.GetErrorAsync("/api/dependencies?" + query), StringComparison.Ordinal);
    }
}
