namespace Pipeline.Shared.Hosting;

/// <summary>What a command line asks a process to do.</summary>
internal enum ProcessAction
{
    Run,
    Validate,
    CreateTopics,
}
