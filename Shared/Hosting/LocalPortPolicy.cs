using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Pipeline.Shared.Hosting;

/// <summary>
/// Keeps endpoints to the port that their stage listens on. The port of the connection counts, not that of the Host header: behind a Kubernetes Service or an
/// ingress the header names another port, or none.
/// </summary>
internal sealed class LocalPortPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => -100;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(e => e.Metadata.GetMetadata<LocalPort>() is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var port = httpContext.Connection.LocalPort;
        for (var i = 0; i < candidates.Count; i++)
            if (candidates.IsValidCandidate(i) && candidates[i].Endpoint.Metadata.GetMetadata<LocalPort>() is { } local && local.Port != port)
                candidates.SetValidity(i, false);
        return Task.CompletedTask;
    }
}
