using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Tppo.Core.Log;
using Tppo.Facts.Runs;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Records;

namespace Tppo.Cli.Inspect;

/// <summary>
/// <c>tppo inspect log</c>: how much stands on each topic and a hash of it by which two runs are compared: ids only, in whatever
/// order they came.
/// </summary>
internal static class LogTopics
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "The data folder; it may be in use.", Required = true };
        var command = new Command(
            "log",
            "What stands on a folder's log: a line a topic, with tabs between topic, count of records, and SHA-256 over their ce_ids in "
            + "order of bytes, a line feed after each.")
        {
            data,
        };
        command.SetAction(parsed =>
        {
            var folder = new RunFolder(parsed.GetValue(data)!.FullName);
            using var log = EmbeddedLog.OpenReadOnly(folder.Path);
            foreach (var topic in Topics.All.Select(t => t.Name).Concat(Services.Names.Select(Topics.DeadLetters)))
            {
                var ids = Ids(log, topic);
                Console.Out.WriteLine(FormattableString.Invariant($"{topic}\t{ids.Count}\t{Hash(ids)}"));
            }

            return Exit.Done;
        });
        return command;
    }

    private static List<string> Ids(EmbeddedLog log, string topic)
    {
        var ids = Enumerable.Range(0, log.Partitions(topic))
            .SelectMany(p => log.Read(new TopicPartition(topic, p), 0))
            .Select(r => r.Header(HeaderNames.Id) ?? "")
            .ToList();
        ids.Sort(StringComparer.Ordinal);
        return ids;
    }

    private static string Hash(List<string> ids)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var id in ids) hash.AppendData(Encoding.UTF8.GetBytes(id + "\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
