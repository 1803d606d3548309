using Microsoft.Extensions.Logging;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Facts.Artifacts;
using Tppo.Hosting.Control;
using Tppo.Hosting.Health;
using Tppo.Hosting.Judges;
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

    /// <summary>By which services go.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Who judges.</summary>
    public RunJudges Judges => judges ??= new RunJudges(Settings, JudgeAccess, Clock, Warn);

    /// <summary>Where a language model that judges is reached, and what it may take.</summary>
    public JudgeAccess JudgeAccess { get; init; } = new();

    /// <summary>Whether labels are bought.</summary>
    public LabelSwitch Labels { get; } = new();

    private RunJudges? judges;

    /// <summary>The terms on which a desk asks.</summary>
    /// <param name="purpose">What for: labels or evaluations.</param>
    public DeskTerms DeskFor(string purpose) => new()
    {
        Parallel = JudgeAccess.Parallel,
        Budget = purpose == Purposes.Label ? JudgeAccess.Labels : JudgeAccess.Evaluations,
        Purposes = purpose == Purposes.Label ? [Purposes.Label, Purposes.Canary, Purposes.Check] : [Purposes.Evaluation],
        Paused = () => purpose == Purposes.Label ? Labels.Paused : null,
        Clock = Clock,
        Warn = Warn,
    };

    /// <summary>Tells people, in one line, of something that is not as it should be and stops nobody.</summary>
    public void Warn(string text) => Hosting.Log.Warning(Loggers.CreateLogger("tppo"), text);
}
