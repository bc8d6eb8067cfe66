namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>
/// Sends bulk requests until every item has a final word: repeats only those items that the server could not take, with growing waits; halves what is too large.
/// After <see cref="ElasticsearchOptions.AttemptCount"/> attempts the store counts as away. Safe to repeat as a whole, because ids are deterministic.
/// </summary>
internal sealed class BulkSender(ElasticsearchClient client, ElasticsearchOptions options, TimeProvider time)
{
    private const string Path = "/_bulk?filter_path=took,errors,items.*.status,items.*.error";
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(10);

    /// <summary>Sends all items. Throws <see cref="StoreUnavailableException"/>.</summary>
    public async Task<List<BulkResult>> SendAsync(BulkRequestWriter request, CancellationToken cancellation)
    {
        var results = new List<BulkResult>(request.Items.Count);
        if (request.Items.Count > 0)
            await SendAsync(request, [.. request.Items], results, cancellation);
        return results;
    }

    private async Task SendAsync(BulkRequestWriter request, List<BulkItem> pending, List<BulkResult> results, CancellationToken cancellation)
    {
        for (var attempt = 1; pending.Count > 0; attempt++)
        {
            var (left, why) = await TryAsync(request, pending, results, cancellation);
            if (left.Count > 0 && attempt >= options.AttemptCount)
                throw Away($"Elasticsearch did not take {left.Count} of {pending.Count} documents in {attempt} attempts: {why?.Message}", why);
            if (left.Count > 0)
                await Task.Delay(DelayBefore(attempt, why?.RetryAfter), time, cancellation);
            pending = left;
        }
    }

    // One attempt; returns what has no final word yet, and why.
    private async Task<(List<BulkItem> Left, StoreUnavailableException? Why)> TryAsync(
        BulkRequestWriter request, List<BulkItem> pending, List<BulkResult> results, CancellationToken cancellation)
    {
        ElasticsearchResponse response;
        try
        {
            using var content = new BulkContent(request, pending);
            response = await client.SendOnceAsync(HttpMethod.Post, Path, content, cancellation);
        }
        catch (StoreUnavailableException e)
        {
            return (pending, e);
        }

        switch (BulkVerdict.OfRequest((int)response.Status))
        {
            case BulkDecision.ReadItems:
                return ReadItems(response, pending, results);
            case BulkDecision.Halve:
                await HalveAsync(request, pending, results, response, cancellation);
                return ([], null);
            default:
                return (pending, new StoreUnavailableException(response.Explain()) { RetryAfter = response.RetryAfter });
        }
    }

    private static (List<BulkItem>, StoreUnavailableException?) ReadItems(ElasticsearchResponse response, List<BulkItem> pending, List<BulkResult> results)
    {
        var outcomes = BulkResponseReader.Read(response.Body);
        if (outcomes?.Count != pending.Count)
            return (pending, new StoreUnavailableException($"the answer has {outcomes?.Count ?? 0} items for {pending.Count}"));
        var left = new List<BulkItem>();
        string? reason = null;
        for (var i = 0; i < pending.Count; i++)
        {
            var decision = BulkVerdict.OfItem(outcomes[i].Status);
            if (decision != BulkDecision.Retry)
            {
                results.Add(new BulkResult(pending[i], decision, outcomes[i].Reason));
                continue;
            }

            left.Add(pending[i]);
            reason ??= $"{outcomes[i].Status} {outcomes[i].Reason}";
        }

        return (left, reason is null ? null : new StoreUnavailableException(reason) { RetryAfter = response.RetryAfter });
    }

    private async Task HalveAsync(
        BulkRequestWriter request, List<BulkItem> pending, List<BulkResult> results, ElasticsearchResponse response, CancellationToken cancellation)
    {
        if (pending.Count == 1)
        {
            var reason = $"413: a document of {pending[0].Length} bytes is more than the server takes (http.max_content_length): {response.Explain()}";
            results.Add(new BulkResult(pending[0], BulkDecision.Refused, reason));
            return;
        }

        var half = pending.Count / 2;
        await SendAsync(request, pending[..half], results, cancellation);
        await SendAsync(request, pending[half..], results, cancellation);
    }

    private static StoreUnavailableException Away(string message, StoreUnavailableException? why) => new(message, why) { RetryAfter = why?.RetryAfter };

    private TimeSpan DelayBefore(int attempt, TimeSpan? retryAfter)
    {
        var delay = options.RetryDelay * Math.Pow(2, attempt - 1);
        var wanted = retryAfter > delay ? retryAfter.Value : delay;
        return wanted < MaxDelay ? wanted : MaxDelay;
    }
}
