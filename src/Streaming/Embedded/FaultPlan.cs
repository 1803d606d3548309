namespace Tppo.Streaming;

/// <summary>Counts each group's steps and says which fault strikes the present one. Called under the writer's gate.</summary>
internal sealed class FaultPlan(IReadOnlyList<StepFault> faults)
{
    private readonly Dictionary<string, int> steps = new(StringComparer.Ordinal);

    internal FaultMark? Next(string group)
    {
        if (faults.Count == 0) return null;
        var step = steps.GetValueOrDefault(group);
        steps[group] = step + 1;
        foreach (var fault in faults)
        {
            if (fault.Step == step && fault.Group == group) return fault.Mark;
        }

        return null;
    }
}
