namespace Pipeline.Architecture.Tests.Compiled;

/// <summary>One type uses another: in its shape (base, interfaces, members, attributes) or in the code of a method. Nested and generated types count as their outermost one.</summary>
/// <param name="From">The full name of the type that uses.</param>
/// <param name="To">The full name of the type used.</param>
/// <param name="Assembly">The assembly that defines the type used.</param>
/// <param name="Member">The member used, where it is a member.</param>
internal sealed record TypeUse(string From, string To, string Assembly, string? Member = null);
