using Tppo.Core.Cuts;
using Tppo.Core.Settings;
using Tppo.Core.Windows;

namespace Tppo.Steps;

/// <summary>
/// The windows that a policy is updated on, by id: what people had done before and what they searched next. Read from the log when
/// they are first asked for, which no run does whose settings need neither.
/// </summary>
/// <param name="context">Log and settings.</param>
/// <param name="windows">The cut that the policy's SFT was taken from.</param>
/// <param name="fold">Who trains.</param>
internal sealed class UpdateWindows(StepContext context, Cut windows, Fold fold)
{
    private readonly Lazy<Dictionary<string, Window>> byId =
        new(() => PromptPlan.Of(context, windows, fold).Rounds.ToDictionary(w => w.Id, StringComparer.Ordinal));

    /// <summary>Whether histories decide about rewards.</summary>
    internal static bool Guard(ShapingSettings shaping) => shaping.CopyRule || shaping.NewWordRule;

    /// <summary>A window.</summary>
    /// <exception cref="InvalidDataException">There is none of this id among them.</exception>
    internal Window Of(string id) => byId.Value.GetValueOrDefault(id)
        ?? throw new InvalidDataException($"window {id}: expected it among those that {windows.Model} is updated on, found none");
}
