using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Kafka.State;
using Tppo.Streaming.Log;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Steps;

/// <summary>
/// The steps of one member, one at a time, and what they share: its state, its transactions, what it owns and where it stands.
/// </summary>
internal sealed class MemberSteps(
    KafkaCluster cluster, string group, StateStore store, StateChangelog changelog, KafkaTransactions transactions, Action<KafkaTransactions> committed)
    : IDisposable
{
    private KafkaStep? open;
    private bool rewindDue;

    internal KafkaCluster Cluster => cluster;

    internal string Group => group;

    internal StateStore Store => store;

    internal StateChangelog Changelog => changelog;

    internal KafkaTransactions Transactions => transactions;

    internal Ownership Owned { get; } = new(group);

    internal GroupOffsets Offsets { get; } = new(cluster);

    internal StepBuffers Buffers { get; } = new();

    /// <summary>How the last step ended.</summary>
    internal StepOutcome LastOutcome { get; private set; }

    /// <summary>Opens a step.</summary>
    /// <param name="membership">The member as its group knows it.</param>
    internal IStep Begin(Driver.IConsumerGroupMetadata membership) => open = new KafkaStep(this, membership);

    /// <exception cref="InvalidOperationException">A step is open, or a rewind is due.</exception>
    internal void RequireReady()
    {
        RequireNoneOpen();
        if (rewindDue) throw new InvalidOperationException("the last step ended Aborted or Unknown: rewind first");
    }

    /// <summary>The member goes back to what is committed.</summary>
    /// <exception cref="InvalidOperationException">A step is open.</exception>
    internal void Rewound()
    {
        RequireNoneOpen();
        rewindDue = false;
    }

    /// <summary>Aborts what is open, and writes no more.</summary>
    public void Dispose()
    {
        open?.Dispose();
        transactions.Dispose();
    }

    internal void Ended(StepOutcome outcome)
    {
        open = null;
        LastOutcome = outcome;
        rewindDue = outcome != StepOutcome.Committed;
    }

    /// <summary>Tells that the last transaction was committed: readers of this log are to see it.</summary>
    internal void NoteCommitted() => committed(transactions);

    private void RequireNoneOpen()
    {
        if (open is not null) throw new InvalidOperationException("a step is open: finish or abort it first");
    }
}
