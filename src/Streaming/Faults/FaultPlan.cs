namespace Tppo.Streaming.Faults;

/// <summary>Counts each group's steps and says which fault strikes the present one.</summary>
internal sealed class FaultPlan(IReadOnlyList<StepFault> faults)
{
    private readonly Dictionary<string, int> steps = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    internal FaultMark? Next(string group)
    {
        int step;
        lock (gate)
        {
            step = steps.GetValueOrDefault(group);
            steps[group] = step + 1;
        }

        foreach (var fault in faults)
        {
            if (fault.Step == step && fault.Group == group) return fault.Mark;
        }

        return null;
    }
}
