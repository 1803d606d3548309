namespace Tppo.Core.Settings;

/// <summary>Where events come from.</summary>
public enum InputKind
{
    /// <summary>The seeded search world.</summary>
    World,

    /// <summary>A file of events.</summary>
    File,
}
