using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>
/// Writes Jaeger's documents to Elasticsearch or OpenSearch. Ids follow from the content and every write is a <c>create</c>, so that a repetition changes nothing.
/// Writing again after an answer was lost counts as repeated what the lost request had stored.
/// </summary>
internal sealed class ElasticsearchTraceWriter : ITraceWriter, IDisposable
{
    private readonly ElasticsearchClient _client;
    private readonly ElasticsearchOptions _options;
    private readonly IndexNames _names;
    private readonly TagKeys _keys;
    private readonly PieceRenderer _renderer;
    private readonly BulkRequestWriter _request = new();
    private readonly BulkSender _sender;
    private readonly IndexRetention _retention;
    private readonly IndexSetup _setup;
    private readonly StorageEvents _events;
    private readonly SemaphoreSlim _gate = new(1);

    public ElasticsearchTraceWriter(ElasticsearchClient client, IOptions<ElasticsearchOptions> options, TimeProvider time, ILogger<ElasticsearchTraceWriter> logger)
    {
        (_client, _options, _names) = (client, options.Value, new IndexNames(options.Value));
        _keys = new TagKeys(_options.TagKeyLimit);
        _renderer = new PieceRenderer(_names, _keys);
        _sender = new BulkSender(client, _options, time);
        _retention = new IndexRetention(client, _options, _names, time);
        _setup = new IndexSetup(client, _options, _names);
        _events = new StorageEvents(logger);
    }

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellation) => _setup.InstallTemplatesAsync(cancellation);

    /// <inheritdoc/>
    public async Task<WriteReport> WriteAsync(IReadOnlyList<KeptTrace> traces, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            await LoadKeysAsync(traces, cancellation);
            return await new BatchWrite(this, traces).RunAsync(cancellation);
        }
        finally
        {
            _request.Clear();
            _renderer.Written.Abandon();
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task WriteDependenciesAsync(DateTimeOffset hour, int edgePartition, IReadOnlyList<Dependency> dependencies, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            DependencyDocument.Add(_request, _names, hour, edgePartition, dependencies);
            foreach (var result in await _sender.SendAsync(_request, cancellation))
                if (result.Decision == BulkDecision.Refused)
                    throw new StoreUnavailableException($"Elasticsearch refused the dependencies of {hour:u}: {result.Reason}");
        }
        finally
        {
            _request.Clear();
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public Task DeleteExpiredAsync(CancellationToken cancellation) => _retention.DeleteExpiredAsync(cancellation);

    public void Dispose()
    {
        _renderer.Dispose();
        _request.Dispose();
        _gate.Dispose();
    }

    private async Task LoadKeysAsync(IReadOnlyList<KeptTrace> traces, CancellationToken cancellation)
    {
        foreach (var trace in traces)
            foreach (var span in trace.Spans)
                if (_renderer.IndexOf(trace, span) is var index && !_keys.Knows(index))
                    _keys.Load(index, await _setup.ReadTagFieldsAsync(index, cancellation));
    }

    /// <summary>One call of <see cref="WriteAsync"/>: renders, sends when a request is full, and adds up the results.</summary>
    private sealed class BatchWrite(ElasticsearchTraceWriter writer, IReadOnlyList<KeptTrace> traces)
    {
        private readonly List<RefusedSpan> _refused = [];
        private readonly List<BulkResult> _toRepair = [];
        private int _stored;
        private int _repeated;

        public async Task<WriteReport> RunAsync(CancellationToken cancellation)
        {
            for (var i = 0; i < traces.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                await AddAsync(traces[i], i, cancellation);
            }

            await SendAsync(isRepair: false, cancellation);
            await RepairAsync(cancellation);
            return new WriteReport(_stored, _repeated, _refused);
        }

        private async Task AddAsync(KeptTrace trace, int traceIndex, CancellationToken cancellation)
        {
            for (var i = 0; i < trace.Spans.Count; i++)
            {
                writer._renderer.AddSpan(writer._request, trace, traceIndex, i, isPlain: false);
                if (writer._request.LengthBytes >= writer._options.BulkBytes)
                    await SendAsync(isRepair: false, cancellation);
            }

            if (trace.Spans.Count > 0)
                writer._renderer.AddSummary(writer._request, trace);
        }

        private async Task SendAsync(bool isRepair, CancellationToken cancellation)
        {
            foreach (var result in await writer._sender.SendAsync(writer._request, cancellation))
                Count(result, isRepair);
            writer._request.Clear();
        }

        private void Count(in BulkResult result, bool isRepair)
        {
            if (!result.Item.IsSpan)
                CountBeside(result);
            else if (result.Decision == BulkDecision.Stored)
                _stored++;
            else if (result.Decision == BulkDecision.Repeated)
                _repeated++;
            else if (isRepair || result.Reason!.StartsWith("413", StringComparison.Ordinal))
                _refused.Add(new RefusedSpan(result.Item.TraceIndex, SpanOf(result.Item), result.Reason!));
            else
                _toRepair.Add(result);
        }

        private void CountBeside(in BulkResult result)
        {
            if (result.Decision == BulkDecision.Refused)
                writer._events.DocumentRefused(result.Item.Index, result.Reason!);
            else if (result.Item.Key is { } key)
                writer._renderer.Written.Confirm(key);
        }

        // A span that the index refuses for its fields (too many of them, a type that does not fit) is taken without any: all is kept, found by hash, and readable.
        private async Task RepairAsync(CancellationToken cancellation)
        {
            foreach (var result in _toRepair)
            {
                writer._keys.Forget(result.Item.Index);
                writer._events.SpanRepaired(result.Item.Index, result.Reason!);
                writer._renderer.AddSpan(writer._request, traces[result.Item.TraceIndex], result.Item.TraceIndex, result.Item.SpanIndex, isPlain: true);
                if (writer._request.LengthBytes >= writer._options.BulkBytes)
                    await SendAsync(isRepair: true, cancellation);
            }

            await SendAsync(isRepair: true, cancellation);
        }

        private Span SpanOf(in BulkItem item) => traces[item.TraceIndex].Spans[item.SpanIndex];
    }
}
