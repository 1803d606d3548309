using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Core.World;
using Tppo.Hosting.Judges;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Labeler.Bench;

/// <summary>The Labeler against a judge of a known latency, beside a client that only asks.</summary>
/// <param name="labels">Labels.</param>
/// <param name="latency">What an answer takes, in milliseconds.</param>
/// <param name="parallel">Calls at a time.</param>
internal sealed class LabelBench(int labels, int latency, int parallel)
{
    private const int WindowsMost = 800, Queries = 4, WordsAQuery = 9;

    private static RunSettings Settings => TinyRun.Settings with
    {
        Partitions = 4,
        Input = new InputSettings { World = new WorldSettings { Users = 120, Days = 30 } },
        Judge = new JudgeSettings { Kind = JudgeKind.Openai, Model = "slow", CanaryRate = 0 },
    };

    /// <summary>Runs both, and prints.</summary>
    public async Task RunAsync()
    {
        using var judge = SlowJudge.Start(latency);
        var ideal = parallel * 1000.0 / latency;
        var (bare, bareMicros) = await BareAsync(judge.Url, seconds: 3);
        using var kit = LabelKit.Ready(out _, Settings, WindowsMost, (labels + WindowsMost - 1) / WindowsMost, WordsOf);
        kit.JudgeAccess = new JudgeAccess { Url = judge.Url, Parallel = parallel, Anyway = true };
        var (cpu, begun) = (Cpu(), Stopwatch.GetTimestamp());
        kit.RunUntilIdle(LabelerService.Compose);
        var used = (Cpu() - cpu).TotalSeconds;
        var all = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var took = judge.End();
        var facts = Enumerable.Range(0, Settings.Partitions).SelectMany(p => kit.Log.Read(new TopicPartition(Topics.Judgements, p), 0)).ToList();
        var answers = facts.Where(f => f.Header(HeaderNames.Purpose) == Purposes.Label).Select(f => f.Timestamp).Order().ToList();

        // In the first quarter code is still being compiled.
        var warm = answers[(answers.Count / 4)..];
        var rate = warm.Count(a => a > warm[0]) / (warm[^1] - warm[0]).TotalSeconds;
        var rewards = Enumerable.Range(0, Settings.Partitions).SelectMany(p => kit.Log.Read(new TopicPartition(Topics.TokenRewards, p), 0))
            .Where(r => r.Value.Length > 0).ToList();
        var rows = rewards.SelectMany(r => TokenRewardCodec.Decode(r.Value)).ToList();
        var rewardBytes = rewards.Sum(r => (double)r.Value.Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            a judge of {latency} ms ({took} by its own clock), {parallel} calls at a time: {ideal:N0} labels/s would be ideal
                                 labels/s   of the ideal   of a client that only asks
            client that only asks {bare,7:N0}        {bare / ideal,6:P1}
            Labeler               {rate,7:N0}        {rate / ideal,6:P1}        {rate / bare,6:P1}
            {facts.Count:N0} answers kept, {rows.Count:N0} responses of {rows.Average(r => r.ResponseIds.Length):F1} tokens labelled
            {all:F1} s in all, with the check of the judge before the first label
            CPU of the whole process: {1e6 * used / facts.Count:F0} µs a label, HTTP and log among it; of the client that only asks: {bareMicros:F0} µs
            on the log: {facts.Average(f => f.Value.Length):F0} bytes a judgement, {rewardBytes / rows.Count:F0} bytes a token-reward row
            """));
    }

    /// <summary>The words of a response of 40 tokens, its end among them.</summary>
    public static string[] WordsOf(Window window, int sample)
    {
        var words = window.History[^1].Text.Split(' ');
        var queries = Enumerable.Range(0, Queries)
            .SelectMany(q => Enumerable.Range(0, WordsAQuery).Select(i => $"{words[i % words.Length]}{sample}{q}{i}").Append(","));
        return [.. queries.SkipLast(1)];
    }

    // Answers a second, and microseconds of CPU an answer.
    private static async Task<(double Rate, double Micros)> BareAsync(Uri url, int seconds)
    {
        const int Parallel = 64;
        using var http = new HttpClient();
        var body = System.Text.Encoding.UTF8.GetBytes(OwnWork.SomeRequest());
        var asked = 0;
        await AskAsync(); // warms up
        var (cpu, begun) = (Cpu(), Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(begun).TotalSeconds < seconds) await AskAsync();
        }));
        return ((asked - 1) / Stopwatch.GetElapsedTime(begun).TotalSeconds, (Cpu() - cpu).TotalMicroseconds / (asked - 1));

        async Task AskAsync()
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await http.PostAsync(new Uri($"{url}/chat/completions"), content);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync();
            Interlocked.Increment(ref asked);
        }
    }

    private static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;
}
