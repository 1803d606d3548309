using System.Security.Cryptography;
using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Windows;

namespace Tppo.Core.Tests;

public class JudgePromptTests
{
    private static readonly HistoryEvent[] Runner =
    [
        new(EventType.Search, DateTime.UnixEpoch, "marathon training plan", ""),
        new(EventType.Click, DateTime.UnixEpoch, "nike pegasus", "https://e.org/p"),
    ];

    [Fact]
    public void The_papers_template_has_actions_searches_and_the_response_in_their_places()
    {
        var prompt = JudgePrompt.Write(JudgeTemplate.Of(TemplateName.V1), new JudgeInput(Runner, "trail running shoes, socks"));
        Assert.EndsWith(
            """
            # Begin Task
            ## User History
            {"click": "nike pegasus", "url": "https://e.org/p"}
            ## User Queries
            "marathon training plan"
            ## Returned Queries
            "trail running shoes, socks"

            Output the responses as JSON Dictionaries

            """.ReplaceLineEndings("\n"), prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_template_names_the_words_in_order_repeats_too()
    {
        var prompt = JudgePrompt.Write(JudgeTemplate.Of(TemplateName.V2), new JudgeInput(Runner, "red shoes, red socks"));
        Assert.EndsWith("## Words to judge\n[\"red\", \"shoes\", \"red\", \"socks\"]\n", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_hostile_inputs_read_back_from_every_template_exactly_as_what_can_be_seen_of_them()
    {
        var cases = HostileTexts.All().ToList();
        Assert.Equal(100, cases.Count);
        foreach (var template in JudgeTemplate.All)
        {
            foreach (var (history, response) in cases)
            {
                var input = new JudgeInput(history, response) { Other = response + " other" };
                var prompt = JudgePrompt.Write(template, input);
                var items = JudgePrompt.Read(template, prompt);
                Assert.Equal(PromptText.Clean(response), items.Response);
                if (template.Name == TemplateName.V4) Assert.Equal(PromptText.Clean(response + " other"), items.Other);
                var expected = template.Name == TemplateName.V1 ? history.OrderBy(e => e.Type == EventType.Search) : history.AsEnumerable();
                Assert.Equal(expected.Select(e => (e.Type, PromptText.Clean(e.Text))), items.History.Select(e => (e.Type, e.Text)));
                if (template.Name != TemplateName.V1) Assert.Equal(history.Select(e => PromptText.Clean(e.Url)), items.History.Select(e => e.Url));
            }
        }
    }

    [Fact]
    public void Nothing_of_an_input_can_be_taken_for_the_templates_own_marks()
    {
        foreach (var template in JudgeTemplate.All)
        {
            var empty = JudgePrompt.Write(template, new JudgeInput([], "") { Other = "" });
            foreach (var (history, response) in HostileTexts.All())
            {
                var prompt = JudgePrompt.Write(template, new JudgeInput(history, response) { Other = response });
                foreach (var mark in new[] { "{{", "}}", "<", ">", "```", "[INST", "[/INST" }) Assert.Equal(Count(empty, mark), Count(prompt, mark));
                Assert.Equal(Headings(empty), Headings(prompt));
                Assert.DoesNotContain(prompt, c => char.IsControl(c) && c != '\n');
                Assert.DoesNotContain(prompt, c => c is '\u202E' or '\u202C' or '\u2066' or '\u2069' or '\u2028' or '\u2029' or '\uFEFF');
            }
        }
    }

    [Fact]
    public void The_oldest_events_are_the_ones_that_are_left_out()
    {
        var template = JudgeTemplate.Of(TemplateName.V2);
        var items = JudgePrompt.Read(template, JudgePrompt.Write(template, new JudgeInput(Runner, "x"), dropped: 1));
        Assert.Equal(["nike pegasus"], items.History.Select(e => e.Text));
    }

    [Fact]
    public void A_templates_hash_is_that_of_its_file()
    {
        var folder = Path.Combine(Repository(), "src", "Core", "Judging", "Prompts", "Templates");
        Assert.Equal(4, Directory.GetFiles(folder).Length);
        foreach (var template in JudgeTemplate.All)
        {
            var bytes = File.ReadAllBytes(Path.Combine(folder, $"{template.Name.ToString().ToLowerInvariant()}.md"));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), template.Sha256);
        }
    }

    private static int Count(string text, string what) => text.Split(what).Length - 1;

    private static IEnumerable<string> Headings(string prompt) => prompt.Split('\n').Where(l => l.TrimStart().StartsWith('#'));

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "TPPO.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
