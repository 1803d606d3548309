using Tppo.Hosting.Instruments;

namespace Tppo.Hosting.Control;

/// <summary>
/// Whether labels are bought. Off, nothing new is asked of a judge; what is in flight is waited for and kept, and consumption stands
/// where it is. It holds for the life of its process. For many threads.
/// </summary>
public sealed class LabelSwitch
{
    private volatile string? why;

    /// <summary>Why it is off; null: it is on.</summary>
    public string? Paused => why;

    /// <summary>Turns it off.</summary>
    /// <param name="reason">Why, for people.</param>
    public void Pause(string reason)
    {
        why = reason;
        JudgeInstruments.Paused.Set(1);
    }

    /// <summary>Turns it on.</summary>
    public void Resume()
    {
        why = null;
        JudgeInstruments.Paused.Set(0);
    }
}
