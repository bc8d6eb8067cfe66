using Pipeline.Aggregator.Assemble;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.Shared.Sampling;

namespace Pipeline.Aggregator.Emit.ServiceEdges;

/// <summary>
/// Finds the service edges of an assembled trace, before it is decided, each call weighted by the head sampling of its spans:
/// <list type="bullet">
/// <item>a call wherever a span's parent belongs to another service;</item>
/// <item>messaging where a consumer's parent, or a span that it links to, is a producer; a producer in another trace is met by way of the edge topic;</item>
/// <item>a database or an external peer for a client span that no span of another service answers;</item>
/// <item><c>user</c> for a server span without a parent.</item>
/// </list>
/// The types and names are those of Tempo's and the OpenTelemetry Collector's service graphs.
/// </summary>
internal sealed class EdgeResolver
{
    private const string Database = "database";
    private const string VirtualNode = "virtual_node";
    private const string MessagingSystem = "messaging_system";
    private const long HourMs = 3_600_000;
    private const long MaxPastMs = 7 * 24 * HourMs;

    private readonly Dictionary<SpanId, PendingSpan> _callersById = [];
    private readonly HashSet<SpanId> _answered = [];

    /// <summary>Adds the trace's edges. <paramref name="streamTimeMs"/> bounds the hours that calls may fall in, whatever their clocks say.</summary>
    public void Resolve(PendingTrace trace, long streamTimeMs, EdgeAccumulator edges)
    {
        _callersById.Clear();
        _answered.Clear();
        foreach (var span in trace.Spans)
            Enter(span);
        foreach (var span in trace.Spans)
            ResolveIncoming(trace, span, streamTimeMs, edges);
        foreach (var span in trace.Spans)
            ResolveOutgoing(trace, span, streamTimeMs, edges);
    }

    // A span whose attributes cannot be read makes no edge; whoever decodes it later (a sink) gives it to the dead letters.
    private static T ReadOr<T>(ReadOnlySpan<byte> spanBody, Func<ReadOnlySpan<byte>, T> read, T otherwise, EdgeAccumulator edges)
    {
        try
        {
            return read(spanBody);
        }
        catch (EncodingException)
        {
            edges.UnreadableSpanCount++;
            return otherwise;
        }
    }

    // Zipkin's shared spans give client and server one id; a caller is then the client's half.
    private void Enter(in PendingSpan span)
    {
        if (span.Head.Kind != SpanKind.Server || !_callersById.ContainsKey(span.Head.SpanId))
            _callersById[span.Head.SpanId] = span;
    }

    private void ResolveIncoming(PendingTrace trace, in PendingSpan span, long streamTimeMs, EdgeAccumulator edges)
    {
        var head = span.Head;
        var hasParent = _callersById.TryGetValue(head.ParentSpanId, out var parent) && !head.ParentSpanId.IsEmpty;
        if (head.Kind == SpanKind.Consumer)
        {
            if (hasParent && parent.Head.Kind == SpanKind.Producer)
                AddMessaging(parent, span, streamTimeMs, edges);
            ResolveLinks(trace, span, streamTimeMs, edges);
        }
        else if (head.ParentSpanId.IsEmpty && head.Kind == SpanKind.Server)
        {
            var user = edges.Of(HourOf(span, streamTimeMs), new EdgeKey("user", span.Resource.ServiceName, VirtualNode, "client"));
            Count(user, span, IsError(head));
            user.ServerSeconds.Observe(Seconds(head), Weight(head));
        }
        else if (hasParent && parent.Resource.ServiceName != span.Resource.ServiceName && head.Kind is not (SpanKind.Client or SpanKind.Producer))
        {
            _answered.Add(parent.Head.SpanId);
            AddCall(parent, span, streamTimeMs, edges);
        }
    }

    private void ResolveOutgoing(PendingTrace trace, in PendingSpan span, long streamTimeMs, EdgeAccumulator edges)
    {
        var head = span.Head;
        if (head.Kind == SpanKind.Producer)
            edges.AddProducer(new LinkEnd(head.TraceId, head.SpanId, span.Resource.ServiceName, head.EndTimeUnixNano, Seconds(head), IsError(head), Weight(head)));
        if (head.Kind != SpanKind.Client || _answered.Contains(head.SpanId))
            return;
        var attributes = ReadOr(trace.BodyOf(span), EdgeAttributes.Read, default, edges);
        if (attributes.Peer is null)
            return;
        var type = attributes.IsDatabase ? Database : VirtualNode;
        var counts = edges.Of(HourOf(span, streamTimeMs), new EdgeKey(span.Resource.ServiceName, attributes.Peer, type, "server"));
        Count(counts, span, IsError(head));
        counts.ClientSeconds.Observe(Seconds(head), Weight(head));
    }

    private void ResolveLinks(PendingTrace trace, in PendingSpan span, long streamTimeMs, EdgeAccumulator edges)
    {
        foreach (var (traceId, spanId) in ReadOr(trace.BodyOf(span), SpanLinks.Read, [], edges))
        {
            var head = span.Head;
            if (traceId != head.TraceId)
                edges.AddConsumer(new LinkEnd(traceId, spanId, span.Resource.ServiceName, head.StartTimeUnixNano, Seconds(head), IsError(head), Weight(head)));
            else if (spanId != head.ParentSpanId && _callersById.TryGetValue(spanId, out var producer) && producer.Head.Kind == SpanKind.Producer)
                AddMessaging(producer, span, streamTimeMs, edges);
        }
    }

    private static void AddCall(in PendingSpan client, in PendingSpan server, long streamTimeMs, EdgeAccumulator edges)
    {
        var counts = edges.Of(HourOf(server, streamTimeMs), new EdgeKey(client.Resource.ServiceName, server.Resource.ServiceName, "", ""));
        Count(counts, server, IsError(client.Head) || IsError(server.Head));
        counts.ServerSeconds.Observe(Seconds(server.Head), Weight(server.Head));
        if (client.Head.Kind == SpanKind.Client)
            counts.ClientSeconds.Observe(Seconds(client.Head), Weight(server.Head));
    }

    private static void AddMessaging(in PendingSpan producer, in PendingSpan consumer, long streamTimeMs, EdgeAccumulator edges)
    {
        var key = new EdgeKey(producer.Resource.ServiceName, consumer.Resource.ServiceName, MessagingSystem, "");
        var counts = edges.Of(HourOf(consumer, streamTimeMs), key);
        Count(counts, consumer, IsError(producer.Head) || IsError(consumer.Head));
        counts.ClientSeconds.Observe(Seconds(producer.Head), Weight(consumer.Head));
        counts.ServerSeconds.Observe(Seconds(consumer.Head), Weight(consumer.Head));
        var waiting = consumer.Head.StartTimeUnixNano > producer.Head.EndTimeUnixNano ? consumer.Head.StartTimeUnixNano - producer.Head.EndTimeUnixNano : 0;
        counts.MessagingSeconds.Observe(waiting / 1e9, Weight(consumer.Head));
    }

    private static void Count(EdgeCounts counts, in PendingSpan span, bool failed)
    {
        var weight = Weight(span.Head);
        counts.Calls += weight;
        counts.Failed += failed ? weight : 0;
        counts.LastSpanTimeMs = Math.Max(counts.LastSpanTimeMs, (long)(span.Head.StartTimeUnixNano / 1_000_000));
    }

    private static long HourOf(in PendingSpan span, long streamTimeMs)
    {
        var startMs = (long)(span.Head.StartTimeUnixNano / 1_000_000);
        var plausible = startMs >= streamTimeMs - MaxPastMs && startMs <= streamTimeMs + HourMs;
        var timeMs = plausible ? startMs : streamTimeMs;
        return timeMs - timeMs % HourMs;
    }

    private static bool IsError(in SpanHead head) => head.StatusCode == SpanStatusCode.Error;

    private static double Seconds(in SpanHead head) => head.EndTimeUnixNano > head.StartTimeUnixNano ? (head.EndTimeUnixNano - head.StartTimeUnixNano) / 1e9 : 0;

    private static double Weight(in SpanHead head) => head.SamplingThreshold is { } threshold ? SamplingThreshold.AdjustedCount(threshold) : 1;
}
