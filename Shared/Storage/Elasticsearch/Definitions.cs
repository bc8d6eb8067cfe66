using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Renders resources and scopes once each; spans name them by id.</summary>
internal sealed class Definitions : IDisposable
{
    private const int MaxCached = 4096;

    private readonly AvroWriter _encoded = new(1024);
    private readonly Dictionary<ulong, ResourceDocument> _resources = [];
    private (Resource? Key, ResourceDocument? Value) _lastResource;
    private (InstrumentationScope? Key, byte[]? Encoded, ulong Hash) _lastScope;

    /// <summary>The rendered resource.</summary>
    public ResourceDocument Of(Resource resource)
    {
        if (ReferenceEquals(resource, _lastResource.Key))
            return _lastResource.Value!;
        _encoded.Truncate();
        ModelEncoder.WriteResource(_encoded, resource);
        var hash = ContentHash.Of(_encoded.Written);
        if (!_resources.TryGetValue(hash, out var document))
        {
            if (_resources.Count >= MaxCached)
                _resources.Clear();
            _resources[hash] = document = ResourceDocument.Build(resource, _encoded.Written);
        }

        _lastResource = (resource, document);
        return document;
    }

    /// <summary>The encoded scope and its hash.</summary>
    public (byte[] Encoded, ulong Hash) Of(InstrumentationScope scope)
    {
        if (!ReferenceEquals(scope, _lastScope.Key))
        {
            _encoded.Truncate();
            ModelEncoder.WriteScope(_encoded, scope);
            _lastScope = (scope, _encoded.Written.ToArray(), ContentHash.Of(_encoded.Written));
        }

        return (_lastScope.Encoded!, _lastScope.Hash);
    }

    public void Dispose() => _encoded.Dispose();
}
