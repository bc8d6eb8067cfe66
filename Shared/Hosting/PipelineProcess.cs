using Microsoft.AspNetCore.Builder;

namespace Pipeline.Shared.Hosting;

/// <summary>One executable of the pipeline: its name, its stages and its endpoints.</summary>
public sealed record PipelineProcess
{
    /// <summary>Lower-case name: <c>collector</c>. The default configuration file is <c>&lt;name&gt;.json</c> beside the program.</summary>
    public required string Name { get; init; }

    /// <summary>One line for <c>--help</c>.</summary>
    public required string Description { get; init; }

    /// <summary>Adds the stages. Runs before the configuration is checked, so it must register options only by <c>AddPipelineOptions</c>.</summary>
    public required Action<WebApplicationBuilder> AddStages { get; init; }

    /// <summary>Maps the endpoints of the stages; the admin endpoints are there already.</summary>
    public Action<WebApplication> MapEndpoints { get; init; } = _ => { };

    /// <summary>Runs once all ports are open.</summary>
    public Action<WebApplication> OnListening { get; init; } = _ => { };

    /// <summary>Further options of the command line.</summary>
    public IReadOnlyList<CommandLineSwitch> Switches { get; init; } = [];
}
