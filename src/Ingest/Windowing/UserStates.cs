using System.Globalization;
using Tppo.Core.Events;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Hosting.Instruments;
using Tppo.Streaming.Log;

namespace Tppo.Ingest.Windowing;

/// <summary>
/// The windower's users: their histories in memory, their states in the keyed state, and the removal of who was not seen for long.
/// </summary>
/// <remarks>
/// Beside each user's state stands one key in an index by event time, <c>\0seen/bucket/user</c>, which sorts before every user. It is
/// written when the user is first seen and looked at again when its bucket has passed: then the user is removed, or the key moves to the
/// bucket of the last event. So a step writes nothing more for users it knows, and reads no more of the index than what has passed.
/// Removal is housekeeping: that a history has expired is decided where the user's next event is taken, by event time alone.
/// </remarks>
/// <param name="consumer">Whose keyed state it is.</param>
/// <param name="settings">How long a state lives.</param>
internal sealed class UserStates(IConsumer consumer, WindowSettings settings)
{
    private const int UsersInMemoryMax = 200_000;
    private const int SweptMax = 1024;
    private const int BucketsALife = 8;
    private const string IndexPrefix = "\0seen/";
    private const int BucketDigits = 10;
    private readonly Dictionary<(int Partition, string User), UserHistory> users = [];
    private readonly HashSet<(int Partition, string User)> touched = [];
    private readonly HashSet<(int Partition, string User)> added = [];
    private readonly Dictionary<int, DateTime> newest = [];

    // The earliest bucket that holds somebody; unknown where a partition is missing.
    private readonly Dictionary<int, long> earliest = [];
    private readonly long life = TimeSpan.FromDays(settings.StateDaysMax).Ticks;

    /// <summary>The history of the user of an event, as it stood before it.</summary>
    public UserHistory Touch(int partition, UserEvent e)
    {
        var key = (partition, e.User);
        if (!users.TryGetValue(key, out var user)) users[key] = user = Restore(key);
        touched.Add(key);
        if (!newest.TryGetValue(partition, out var time) || e.Time > time) newest[partition] = e.Time;
        return user;
    }

    /// <summary>Writes the states of whom the step touched, each once, and removes users who have expired.</summary>
    public void Write(IStep step, StepBytes bytes)
    {
        foreach (var key in touched) step.Put(key.Partition, key.User, UserHistoryCodec.Write(users[key], bytes.Keep));
        foreach (var (partition, time) in newest) Sweep(step, partition, time);
        foreach (var key in added) Index(step, key, users[key].Seen);
    }

    /// <summary>After a step that was committed.</summary>
    public void Committed()
    {
        touched.Clear();
        added.Clear();
        newest.Clear();
        if (users.Count > UsersInMemoryMax) users.Clear();
    }

    /// <summary>Back to what is committed: after a step that was not, and where partitions are lost.</summary>
    public void Forget()
    {
        users.Clear();
        earliest.Clear();
        touched.Clear();
        added.Clear();
        newest.Clear();
    }

    private UserHistory Restore((int Partition, string User) key)
    {
        if (consumer.State.Get(key.Partition, key.User) is { } bytes) return new UserHistory(UserHistoryCodec.Read(bytes));
        added.Add(key);
        return new UserHistory();
    }

    private long Bucket(DateTime time) => time.Ticks / (life / BucketsALife);

    private static string IndexKey(long bucket, string user) => IndexPrefix + bucket.ToString("D10", CultureInfo.InvariantCulture) + "/" + user;

    private void Index(IStep step, (int Partition, string User) key, DateTime seen)
    {
        var bucket = Bucket(seen);
        step.Put(key.Partition, IndexKey(bucket, key.User), "1"u8.ToArray());
        if (earliest.TryGetValue(key.Partition, out var first) && bucket < first) earliest[key.Partition] = bucket;
    }

    // A bounded part of what has passed; the rest waits for the next steps.
    private void Sweep(IStep step, int partition, DateTime now)
    {
        // The last bucket that lies whole behind the life of a state.
        var passed = (now.Ticks - life) / (life / BucketsALife) - 1;
        if (now.Ticks <= life || (earliest.TryGetValue(partition, out var first) && first > passed)) return;
        var swept = new List<(string Key, string User)>();
        first = long.MaxValue;
        foreach (var (key, _) in consumer.State.All(partition))
        {
            if (!key.StartsWith(IndexPrefix, StringComparison.Ordinal)) break;
            var bucket = long.Parse(key.AsSpan(IndexPrefix.Length, BucketDigits), CultureInfo.InvariantCulture);
            if (bucket > passed || swept.Count == SweptMax)
            {
                first = bucket;
                break;
            }

            swept.Add((key, key[(IndexPrefix.Length + BucketDigits + 1)..]));
        }

        // Keys that this step adds are not there to be found yet.
        earliest[partition] = Math.Min(first, Bucket(now));
        foreach (var (key, user) in swept) Expire(step, (partition, user), key, now);
    }

    private void Expire(IStep step, (int Partition, string User) key, string indexKey, DateTime now)
    {
        step.Delete(key.Partition, indexKey);
        DateTime? seen = users.TryGetValue(key, out var user) ? user.Seen
            : consumer.State.Get(key.Partition, key.User) is { } bytes ? UserHistoryCodec.ReadSeen(bytes) : null;
        if (seen is not { } time) return;
        if (now.Ticks - time.Ticks <= life)
        {
            Index(step, key, time);
            return;
        }

        step.Delete(key.Partition, key.User);
        users.Remove(key);
        IngestInstruments.StatesExpired.Inc();
    }
}
