using System.Globalization;
using Pipeline.Shared.Model;

namespace Pipeline.Query.Traces;

/// <summary>Numbers the processes of a trace in the order in which they first appear: p1, p2, ...</summary>
internal sealed class ProcessTable
{
    // Spans of one process mostly share their resource object, which saves comparing attributes.
    private readonly Dictionary<Resource, string> _byReference = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<AttributeList, string> _byContent = [];
    private readonly List<Resource> _processes = [];

    /// <summary>The processes; the first is p1.</summary>
    public IReadOnlyList<Resource> Processes => _processes;

    /// <summary>The number of a resource.</summary>
    public string IdOf(Resource resource)
    {
        if (_byReference.TryGetValue(resource, out var id))
            return id;
        if (!_byContent.TryGetValue(resource.Attributes, out id))
        {
            _processes.Add(resource);
            id = IdAt(_processes.Count - 1);
            _byContent.Add(resource.Attributes, id);
        }

        _byReference.Add(resource, id);
        return id;
    }

    /// <summary>The number of the process at a place.</summary>
    public static string IdAt(int index) => "p" + (index + 1).ToString(CultureInfo.InvariantCulture);
}
