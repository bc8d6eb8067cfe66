using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Pipeline.Shared.Hosting;

/// <summary>Lets several stages share a process, each on its own port.</summary>
public static class LocalPorts
{
    /// <summary>Adds what <see cref="RequireLocalPort{TBuilder}"/> needs.</summary>
    public static IServiceCollection AddLocalPorts(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, LocalPortPolicy>());
        return services;
    }

    /// <summary>Answers only what comes in on this port, whatever the Host header says; 0 for any port.</summary>
    public static TBuilder RequireLocalPort<TBuilder>(this TBuilder builder, int port) where TBuilder : IEndpointConventionBuilder
    {
        if (port != 0)
            builder.WithMetadata(new LocalPort(port));
        return builder;
    }
}
