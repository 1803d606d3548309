namespace Tppo.Streaming.Records;

/// <summary>Names of the headers that every record carries: CloudEvents' Kafka binary mode, and our own.</summary>
public static class HeaderNames
{
    /// <summary>Unique with <see cref="Source"/> within a topic; made from what the record holds.</summary>
    public const string Id = "ce_id";

    /// <summary>Who says so.</summary>
    public const string Source = "ce_source";

    /// <summary>What kind of fact.</summary>
    public const string Type = "ce_type";

    /// <summary>The event's own time.</summary>
    public const string Time = "ce_time";

    /// <summary>The user's bucket, 0 … 999.</summary>
    public const string Bucket = "tppo-bucket";

    /// <summary>Version of the pseudonym key.</summary>
    public const string KeyVersion = "tppo-key-version";

    /// <summary>Where the record came from: topic/partition/offset.</summary>
    public const string From = "tppo-from";

    /// <summary>How late a late event was, in seconds behind the release bound.</summary>
    public const string LateSeconds = "tppo-late-seconds";

    /// <summary>The model that an Arrow record is about.</summary>
    public const string Model = "tppo-model";

    /// <summary>The training step or evaluation that rollouts and what comes of them are for: a cut's id, e.g. <c>policy/17</c>.</summary>
    public const string Step = "tppo-step";

    /// <summary>Version of the policy that sampled.</summary>
    public const string PolicyVersion = "tppo-policy-version";

    /// <summary>What rollouts or judgements are for: label, update or evaluation.</summary>
    public const string Purpose = "tppo-purpose";

    /// <summary>Content hash of the question, of an attempt after the first.</summary>
    public const string Judgement = "tppo-judgement";

    /// <summary>From asking a judge to its whole answer.</summary>
    public const string LatencyMilliseconds = "tppo-latency-ms";

    /// <summary>Rows of an Arrow record.</summary>
    public const string Rows = "tppo-rows";

    /// <summary>The record's number in the sequence of its writer: group/source partition/n. See <see cref="Wire.SequenceAudit"/>.</summary>
    public const string Sequence = "tppo-seq";

    /// <summary>Cause of a dead letter.</summary>
    public const string Cause = "tppo-cause";
}
