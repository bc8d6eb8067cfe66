namespace Pipeline.TestKit.Storage;

/// <summary>One action of a bulk request.</summary>
/// <param name="Name">Its name, such as <c>create</c>.</param>
/// <param name="Index">Where it goes.</param>
/// <param name="Id">The document's id.</param>
/// <param name="Source">The document.</param>
public sealed record FakeAction(string Name, string Index, string Id, string Source);
