using Pipeline.Shared.Encoding;
using Pipeline.Sinks.ServiceEdges;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Sinks.Tests.ServiceEdges;

public sealed class EdgeExpositionTests
{
    [Fact]
    public void The_lines_are_those_that_were_reviewed()
    {
        var exposition = new EdgeExposition();
        exposition.Show(3, [Totals("frontend", "cart", "", "", 12.5, 2), Totals("user", "frontend", "virtual_node", "client", 20, 0)]);
        exposition.Show(1, [Totals("cart", "odd \"name\" \\ with\nbreak", "database", "server", 3, 3)]);
        exposition.Show(0, [new EdgeTotals(EdgePartition.Overflow, new EdgeCounts { Calls = 7 }, [])]);
        exposition.Show(5, [new EdgeTotals(EdgePartition.Overflow, new EdgeCounts { Calls = 8 }, [])]);
        exposition.Show(4, [Totals("gone", "with its partition", "", "", 1, 0)]);
        exposition.Hide(4);
        using var writer = new StringWriter();
        exposition.Write(writer);
        Golden.Verify("service-graph.txt", writer.ToString());
    }

    private static EdgeTotals Totals(string client, string server, string type, string virtualNode, double calls, double failed)
    {
        var counts = new EdgeCounts { Calls = calls, Failed = failed };
        counts.ServerSeconds.Observe(0.05, calls - 1);
        counts.ServerSeconds.Observe(20, 1);
        if (virtualNode != "client")
            counts.ClientSeconds.Observe(0.3, calls);
        return new EdgeTotals(new EdgeKey(client, server, type, virtualNode), counts, []);
    }
}
