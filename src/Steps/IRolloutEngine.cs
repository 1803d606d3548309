using Tppo.Core.Cuts;
using Tppo.Core.Rollouts;
using Tppo.Core.Windows;

namespace Tppo.Steps;

/// <summary>What is to be sampled. Ids and seeds come from it alone, never from when or where it is drawn.</summary>
/// <param name="Windows">Windows to respond to, none twice.</param>
/// <param name="Samples">Responses a window.</param>
/// <param name="Step">The step that they are for; with window and sample number it decides id and seed.</param>
/// <param name="Purpose">One of <see cref="Purposes"/>.</param>
/// <param name="Policy">Which version of which policy samples.</param>
public sealed record RolloutRequest(IReadOnlyList<Window> Windows, int Samples, StepId Step, string Purpose, StepId Policy)
{
    /// <summary>Number of the first sample of each window.</summary>
    public int FirstSample { get; init; }

    /// <summary>Sampling temperature.</summary>
    public double Temperature { get; init; } = 1;
}

/// <summary>Samples responses of one policy to windows, as rows of <c>rollouts.v1</c>.</summary>
public interface IRolloutEngine
{
    /// <summary>Rows in order of window, then sample.</summary>
    RolloutRow[] Sample(RolloutRequest request);
}
