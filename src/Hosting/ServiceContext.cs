using Microsoft.Extensions.Logging;
using Tppo.Core.Settings;
using Tppo.Facts.Artifacts;
using Tppo.Hosting.Health;
using Tppo.Hosting.Progress;
using Tppo.Streaming.Log;

namespace Tppo.Hosting;

/// <summary>What every service is given: the log, the run's settings, the artifact store, the progress board.</summary>
public sealed record ServiceContext
{
    /// <summary>The log.</summary>
    public required IEventLog Log { get; init; }

    /// <summary>The run's settings.</summary>
    public required RunSettings Settings { get; init; }

    /// <summary>Checkpoints.</summary>
    public required ArtifactStore Artifacts { get; init; }

    /// <summary>Progress.</summary>
    public required StageBoard Board { get; init; }

    /// <summary>Loggers.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Who reads on by itself, for the lag that is shown.</summary>
    public TailLag Lag { get; } = new();

    /// <summary>This process among others of the same service.</summary>
    public string Member { get; init; } = "0";

    /// <summary>Tells people, in one line, of something that is not as it should be and stops nobody.</summary>
    public void Warn(string text) => Hosting.Log.Warning(Loggers.CreateLogger("tppo"), text);
}
