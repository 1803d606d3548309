namespace Tppo.Core.Log;

/// <summary>What becomes of a topic's old records.</summary>
public enum Cleanup
{
    /// <summary>Records older than the topic's retention go; without a retention all stay.</summary>
    Delete,

    /// <summary>The newest record of each key stays; an empty value marks its key as gone.</summary>
    Compact,
}
