using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tppo.Core.Judging.Prompts;
using Tppo.JudgeServer.Requests;

namespace Tppo.JudgeServer.Tests;

public sealed class RequestReaderTests
{
    [Fact]
    public void A_request_is_read_with_its_defaults()
    {
        var read = Read("""
            {"model":"m","n":1,"stop":null,"tools":[],"messages":[{"role":"developer","content":"be"},
             {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}
            """);
        Assert.Equal([new ChatMessage("system", "be"), new ChatMessage("user", "ab")], read.Messages);
        Assert.Equal(("m", 1.0, 0L, null, false, false), (read.Model, read.Temperature, read.Seed, read.TokensMax, read.Streams, read.StreamsUsage));
        Assert.Null(read.Form);
    }

    [Theory]
    [InlineData("", "expected JSON")]
    [InlineData("[]", "expected an object, found Array")]
    [InlineData("{}", "messages: expected a list, found none")]
    [InlineData("""{"messages":[]}""", "messages: expected a list of 1 to 256")]
    [InlineData("""{"messages":[{"role":"tool","content":"x"}]}""", "messages[0].role: expected system, user or assistant, found 'tool'")]
    [InlineData("""{"messages":[{"role":"user","content":3}]}""", "messages[0].content: expected text, found Number")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content: expected text, found none")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"temperature":2.5}""", "temperature: expected 0 to 2, found 2.5")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"temperature":"1"}""", "temperature: expected 0 to 2, found String")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"max_tokens":0}""", "max_tokens: expected a whole number from 1, found 0")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"seed":1.5}""", "seed: expected a whole number, found 1.5")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"n":2}""", "n: not supported here")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"top_p":0.9}""", "top_p: not supported here")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"stop":["\n"]}""", "stop: not supported here")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object"}}""", "text or json_schema, found 'json_object'")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"response_format":3}""", "response_format.type: expected text or json_schema, found ''")]
    public void What_cannot_be_answered_is_refused_by_name(string body, string message)
    {
        var fault = Assert.Throws<RequestException>(() => Read(body));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal(400, fault.Status);
    }

    [Theory]
    [InlineData("{}", "schema at '/': expected const, enum, prefixItems or properties, found none")]
    [InlineData("""{"type":"string","pattern":"a+"}""", "schema at '/': expected const, enum, prefixItems or properties, found none")]
    [InlineData("""{"enum":[]}""", "enum: expected a list of 1 to 256 values")]
    [InlineData("""{"enum":[1],"minimum":0}""", "'minimum' is not supported here; expected enum, type")]
    [InlineData("""{"properties":{"a":{"const":1}}}""", "required: expected every property, found none of 'a'")]
    [InlineData("""{"properties":{"a":{"x":1}},"required":["a"]}""", "schema at '/properties/a/'")]
    [InlineData("""{"prefixItems":[{"const":1}]}""", "items: expected false")]
    [InlineData("""{"prefixItems":[{"const":1}],"items":false,"maxItems":2}""", "maxItems: expected 1, as many as there are prefixItems, found 2")]
    public void A_schema_that_leaves_more_free_than_choices_is_refused_with_its_place(string schema, string message) =>
        Assert.Contains(message, Assert.Throws<RequestException>(() => Read(Body(schema))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_schema_too_deep_is_refused()
    {
        const int Levels = 34;
        var schema = string.Concat(Enumerable.Repeat("""{"items":false,"prefixItems":[""", Levels)) + "{}" + string.Concat(Enumerable.Repeat("]}", Levels));
        Assert.Contains("expected at most 32 levels", Assert.Throws<RequestException>(() => Read(Body(schema))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_judges_forms_become_their_texts_with_the_scores_free()
    {
        Assert.Equal("""{"words": [["cheap", ?], ["naïve", ?], ["\"x", ?]], "whole": ?}""", Shown(TemplateName.V2, "cheap naïve, \"x"));
        Assert.Equal(
            """{"WORD_SEQUENCE_JUDGEMENTS": {"a": {"Relevance": {"Score": ?}}, "b": {"Relevance": {"Score": ?}}},"""
            + """ "ACROSS_QUERY_JUDGEMENTS": {"Relevance": {"Score": ?}}}""",
            Shown(TemplateName.V1, "a b, a"));
        Assert.Equal("""{"ACROSS_QUERY_JUDGEMENTS": {"Relevance": {"Score": ?}}}""", Shown(TemplateName.V3, "a"));
        Assert.Equal("""{"vote": ?}""", Shown(TemplateName.V4, "a"));
    }

    private static string Shown(TemplateName template, string response)
    {
        var form = Read(Body(Encoding.UTF8.GetString(AnswerSchema.Of(template, response)))).Form!;
        Assert.All(form.Where(p => !p.IsFixed), p => Assert.Contains(string.Join(',', p.Texts), (string[])["0,1", "\"A\",\"B\",\"tie\""]));
        return string.Concat(form.Select(p => p.IsFixed ? p.Texts[0] : "?"));
    }

    private static string Body(string schema) => new JsonObject
    {
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "x" }),
        ["response_format"] = new JsonObject
        {
            ["type"] = "json_schema",
            ["json_schema"] = new JsonObject { ["schema"] = JsonNode.Parse(schema, documentOptions: new JsonDocumentOptions { MaxDepth = 200 }) },
        },
    }.ToJsonString(new JsonSerializerOptions { MaxDepth = 200 });

    private static CompletionRequest Read(string body) => RequestReader.Read(Encoding.UTF8.GetBytes(body));
}
