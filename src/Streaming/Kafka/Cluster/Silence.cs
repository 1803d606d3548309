namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>
/// How long a client that has been asked for something has said nothing. One whose broker went may ask nobody any more: after a
/// while it makes way for a new one, and after a longer one the wait is given up.
/// </summary>
internal sealed class Silence(TimeProvider clock)
{
    private static readonly TimeSpan ClientGivenUpAfter = TimeSpan.FromSeconds(5);
    private long heard = clock.GetTimestamp(), asked = clock.GetTimestamp();

    /// <summary>Since anything was heard.</summary>
    internal TimeSpan Lasts => clock.GetElapsedTime(heard);

    /// <summary>Whether the client that was asked last has been silent for so long that another should ask.</summary>
    internal bool WantsAnotherClient => clock.GetElapsedTime(asked) >= ClientGivenUpAfter;

    /// <summary>Something was heard.</summary>
    internal void Broken() => heard = asked = clock.GetTimestamp();

    /// <summary>Another client asks from now on.</summary>
    internal void AskedAnew() => asked = clock.GetTimestamp();
}
