namespace Tppo.Streaming.Embedded;

/// <summary>The consumer groups of this process. All calls hold the writer's gate: who owns what changes between steps, never within one.</summary>
internal sealed class GroupTable(TopicTable topics, CommitSignal signal)
{
    private readonly Dictionary<string, List<GroupMember>> groups = new(StringComparer.Ordinal);

    internal GroupMember Join(string group, string name, IReadOnlyList<string> topicNames)
    {
        var partitions = CoPartitions(group, topicNames);
        if (!groups.TryGetValue(group, out var members)) groups[group] = members = [];
        if (members.Find(m => m.Name == name) is { } earlier)
        {
            earlier.Fenced = true;
            members.Remove(earlier);
        }

        if (members.Count > 0 && !members[0].Topics.SequenceEqual(topicNames))
            throw new ArgumentException(
                $"group '{group}' reads {string.Join(", ", members[0].Topics)}: member '{name}' asked for {string.Join(", ", topicNames)}");
        var member = new GroupMember(group, name, [.. topicNames], partitions);
        members.Add(member);
        members.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        Assign(members);
        return member;
    }

    internal void Leave(GroupMember member)
    {
        if (!groups.TryGetValue(member.Group, out var members) || !members.Remove(member)) return;
        member.Fenced = true;
        if (members.Count == 0) groups.Remove(member.Group);
        else Assign(members);
    }

    /// <summary>Ranges: partitions in order, dealt to members in order of name, the first ones getting one more.</summary>
    private void Assign(List<GroupMember> members)
    {
        var partitions = members[0].Partitions;
        var first = 0;
        for (var i = 0; i < members.Count; i++)
        {
            var count = (partitions / members.Count) + (i < partitions % members.Count ? 1 : 0);
            members[i].Give(first, count);
            first += count;
        }

        signal.Nudge();
    }

    private int CoPartitions(string group, IReadOnlyList<string> topicNames)
    {
        if (topicNames.Count == 0) throw new ArgumentException($"group '{group}': expected a topic to read, found none");
        var counts = topicNames.Select(t => topics.Find(t).Partitions.Length).ToArray();
        if (counts.Distinct().Count() > 1)
            throw new ArgumentException(
                $"group '{group}': topics read together need equal partition counts, found {string.Join(", ", topicNames.Zip(counts, (t, n) => $"{t} {n}"))}");
        return counts[0];
    }
}
