namespace Tppo.TestKit;

/// <summary>
/// Tests that take long for what they are (whole demos, campaigns of kills and faults): <c>dotnet test</c> leaves them out, and those
/// that need a broker; <c>dotnet test -p:Suite=long</c> runs both.
/// </summary>
public static class Suite
{
    /// <summary>The trait: <c>[Trait(Suite.Trait, Suite.Long)]</c>.</summary>
    public const string Trait = "suite";

    /// <summary>Its only value.</summary>
    public const string Long = "long";
}
