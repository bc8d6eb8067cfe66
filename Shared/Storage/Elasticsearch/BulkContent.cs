using System.Net;
using System.Net.Http.Headers;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Some items of a bulk request as a request body of known length, straight from the writer's buffer.</summary>
internal sealed class BulkContent : HttpContent
{
    private readonly BulkRequestWriter _request;
    private readonly IReadOnlyList<BulkItem> _items;
    private readonly long _length;

    public BulkContent(BulkRequestWriter request, IReadOnlyList<BulkItem> items)
    {
        (_request, _items) = (request, items);
        foreach (var item in items)
            _length += item.Length;
        Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    // Items that follow each other in the buffer, as they do unless some were left out, go in one piece.
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _items.Count;)
        {
            var run = _items[i++];
            for (; i < _items.Count && _items[i].Start == run.Start + run.Length; i++)
                run = run with { Length = run.Length + _items[i].Length };
            await stream.WriteAsync(_request.Lines(run), cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}
