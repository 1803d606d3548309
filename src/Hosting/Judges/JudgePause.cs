namespace Tppo.Hosting.Judges;

/// <summary>Whether people have asked for a pause in asking judges. For many threads.</summary>
public sealed class JudgePause
{
    private volatile string? reason;

    /// <summary>Why nothing is asked; null: it is.</summary>
    public string? Reason => reason;

    /// <summary>From here on nothing is asked.</summary>
    public void Begin(string why) => reason = why;

    /// <summary>It goes on.</summary>
    public void End() => reason = null;
}
