using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Pipeline.Shared.Hosting;

/// <summary>
/// Binds endpoints to one of the process's own ports. By the port that the connection came in on, not by the Host header: behind a load balancer, a port mapping or a
/// tunnel the header names another one.
/// </summary>
public static class EndpointPorts
{
    /// <summary>These endpoints answer on this local port only.</summary>
    public static TBuilder RequirePort<TBuilder>(this TBuilder builder, int port) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new BoundPort(port)));
        return builder;
    }

    private sealed record BoundPort(int Port);

    internal sealed class Policy : MatcherPolicy, IEndpointSelectorPolicy
    {
        public override int Order => 0;

        public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(e => e.Metadata.GetMetadata<BoundPort>() is not null);

        public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
        {
            var port = httpContext.Connection.LocalPort;
            for (var i = 0; i < candidates.Count; i++)
                if (candidates.IsValidCandidate(i) && candidates[i].Endpoint.Metadata.GetMetadata<BoundPort>() is { } bound && bound.Port != port)
                    candidates.SetValidity(i, false);
            return Task.CompletedTask;
        }
    }
}
