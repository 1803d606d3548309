using System.CommandLine;
using System.Globalization;
using Tppo.Core;
using Tppo.Core.Log;
using Tppo.Facts.Runs;

namespace Tppo.Cli.TopicAdmin;

/// <summary><c>tppo topics</c>: the log's topics as they are, and what stands on them, on either backend.</summary>
internal static class TopicsCommand
{
    public static Command Create() => new("topics", "The topics of a log: how they are laid out, what stands on them, and their making on a Kafka broker.")
    {
        Describe(),
        Tail(),
        CreateMissing(),
    };

    /// <summary>The table with the dead letters of every service.</summary>
    public static IReadOnlyList<TopicSpec> Table { get; } = [.. Topics.All, .. Services.Names.Select(s => Topics.Find(Topics.DeadLetters(s)))];

    private static Command Describe()
    {
        var json = new Option<bool>("--json") { Description = "A JSON object a line, in place of a table." };
        var command = new Command("describe", "One row a topic: a table on a terminal, tab-separated otherwise. Records are counted by reading them.") { json };
        var choice = Choice(command);
        command.SetAction(parsed =>
        {
            using var stopping = new Stopping();
            var chosen = choice(parsed);
            using var log = chosen.Open();
            using var admin = chosen.OpenAdmin(log.Partitions(Topics.Search));
            var rows = TopicRow.Of(log, Table, admin.Differences(Table), stopping.Token);
            if (parsed.GetValue(json)) TopicRows.WriteJson(rows);
            else if (Console.IsOutputRedirected) TopicRows.WriteTabs(rows);
            else TopicRows.WriteTable(rows);
            return Exit.Done;
        });
        return command;
    }

    private static Command Tail()
    {
        var topic = new Argument<string>("topic") { Description = "A topic's name, such as windows.v1." };
        var partition = Options.Whole<int>("--partition");
        partition.Description = "Of this partition only. Default: all, one after the other.";
        var from = new Option<string>("--from")
        {
            Description = "start; end, which is what comes from now on; or an offset, the same in each partition.",
            DefaultValueFactory = _ => TailStart.Start,
        };
        var count = Options.Whole<long>("--count");
        count.Description = "End after so many records.";
        var follow = new Option<bool>("--follow") { Description = "Go on with what is appended, until Ctrl-C." };
        var command = new Command(
            "tail",
            "A record a line as JSON {topic, partition, offset, timestamp, key, headers, value}: JSON as it is, Arrow as an array of rows, "
            + "other bytes as {\"base64\"}, an empty value as null.")
        {
            topic, partition, from, count, follow,
        };
        var choice = Choice(command);
        command.SetAction(parsed =>
        {
            var tail = new RecordTail(
                Known(parsed.GetValue(topic)!), parsed.GetValue(partition), TailStart.Parse(parsed.GetValue(from)!), parsed.GetValue(count),
                parsed.GetValue(follow));
            using var stopping = new Stopping();
            using var log = new FollowedLog(choice(parsed), TimeProvider.System);
            using var output = new RecordOutput();
            tail.Run(log, output, stopping.Token);
            return Exit.Done;
        });
        return command;
    }

    private static Command CreateMissing()
    {
        var partitions = Options.Whole<int>("--partitions");
        partitions.Description = "Partitions of keyed topics, 1 to 1024. Default: as the data folder's run.json says, else 4.";
        var command = new Command(
            "create", "Makes the topics that are missing on a Kafka broker, laid out as the table says. An embedded log needs none.") { partitions };
        var choice = Choice(command);
        command.SetAction(parsed =>
        {
            var keyed = parsed.GetValue(partitions);
            if (keyed is < 1 or > 1024)
                throw new UserException(string.Create(CultureInfo.InvariantCulture, $"--partitions: expected 1 to 1024, found {keyed}"));
            var chosen = choice(parsed);
            using var admin = chosen.OpenAdmin(keyed ?? chosen.Folder?.ReadSettings()?.Partitions ?? 4);
            foreach (var line in admin.Create(Table)) Console.Out.WriteLine(line);
            return Exit.Done;
        });
        return command;
    }

    private static Func<ParseResult, LogChoice> Choice(Command command)
    {
        var data = new Option<DirectoryInfo?>("--data") { Description = "The data folder of an embedded log; it may be in use." };
        command.Options.Add(data);
        var options = new LogOptions();
        options.AddTo(command);
        return parsed => options.Read(parsed, parsed.GetValue(data) is { } folder ? new RunFolder(folder.FullName) : null);
    }

    private static TopicSpec Known(string topic)
    {
        try
        {
            return Topics.Find(topic);
        }
        catch (ArgumentException e)
        {
            throw new UserException(e.Message, e);
        }
    }
}
