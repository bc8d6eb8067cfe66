using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>
/// Sends requests to the nodes, round robin. Reads are tried on another node when one fails; writes are sent once, because their sender must know what may have
/// been applied. Safe for many callers.
/// </summary>
internal sealed class ElasticsearchClient : IDisposable
{
    private const int MaxResponseBytes = 512 << 20;
    private const int MaxReadAttempts = 3;

    private readonly HttpClient _http;
    private readonly NodePool _nodes;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public ElasticsearchClient(IOptions<ElasticsearchOptions> options, TimeProvider time)
        : this(ElasticsearchHandler.Create(options.Value), options, time)
    {
    }

    public ElasticsearchClient(HttpMessageHandler handler, IOptions<ElasticsearchOptions> options, TimeProvider time)
    {
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxResponseBytes };
        _nodes = new NodePool(options.Value.NodeUris, options.Value.NodeEjectionTime, time);
        _authorization = AuthorizationOf(options.Value);
        _timeout = options.Value.RequestTimeout;
        _time = time;
    }

    /// <summary>Sends a request that may be repeated; any answer but success, overload excepted, is returned. Throws <see cref="StoreUnavailableException"/>.</summary>
    public async Task<ElasticsearchResponse> SendAsync(HttpMethod method, string path, string? json, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var isLast = attempt >= Math.Min(MaxReadAttempts, _nodes.Count + 1);
            try
            {
                using var content = json is null ? null : JsonContent(json);
                var response = await SendOnceAsync(method, path, content, cancellation);
                if (!response.IsOverload)
                    return response;
                if (isLast)
                    throw new StoreUnavailableException($"Elasticsearch is overloaded: {response.Explain()}") { RetryAfter = response.RetryAfter };
            }
            catch (StoreUnavailableException) when (!isLast)
            {
                continue;
            }
        }
    }

    /// <summary>Sends a request that must succeed. Throws <see cref="StoreUnavailableException"/>.</summary>
    public async Task<ElasticsearchResponse> DemandAsync(HttpMethod method, string path, string? json, CancellationToken cancellation)
    {
        var response = await SendAsync(method, path, json, cancellation);
        return response.IsSuccess ? response : throw new StoreUnavailableException($"Elasticsearch refused {method} {path}: {response.Explain()}");
    }

    /// <summary>Sends a request once. Throws <see cref="StoreUnavailableException"/> when there is no answer in time; it may have been applied all the same.</summary>
    public async Task<ElasticsearchResponse> SendOnceAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        var node = _nodes.Next();
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        using var request = new HttpRequestMessage(method, new Uri(node.AbsoluteUri.TrimEnd('/') + path)) { Content = content };
        request.Headers.Authorization = _authorization;
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            var answer = new ElasticsearchResponse(response.StatusCode, await response.Content.ReadAsByteArrayAsync(either.Token), RetryAfterOf(response));
            if ((int)answer.Status is 502 or 503 or 504)
                _nodes.Eject(node);
            else
                _nodes.Restore(node);
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            _nodes.Eject(node);
            var what = deadline.IsCancellationRequested ? $"did not answer within {_timeout}" : $"cannot be reached ({e.Message})";
            throw new StoreUnavailableException($"Elasticsearch at {node.GetLeftPart(UriPartial.Authority)} {what}. Check that it runs, and Elasticsearch:Nodes.", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private static StringContent JsonContent(string json) => new(json, System.Text.Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };

    private static AuthenticationHeaderValue? AuthorizationOf(ElasticsearchOptions options)
    {
        if (!string.IsNullOrEmpty(options.UserName))
            return new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{options.UserName}:{options.Password}")));
        if (!string.IsNullOrEmpty(options.ApiKey))
            return new("ApiKey", options.ApiKey);
        return string.IsNullOrEmpty(options.BearerToken) ? null : new("Bearer", options.BearerToken);
    }
}
