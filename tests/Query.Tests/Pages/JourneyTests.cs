using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Pipeline.Shared.Storage;
using Pipeline.TestKit;
using static Microsoft.Playwright.Assertions;

namespace Pipeline.Query.Tests.Pages;

/// <summary>What people do with the pages, done in a real browser.</summary>
public sealed partial class JourneyTests(Browser browser) : IClassFixture<Browser>
{
    private readonly MemoryStore _store = Shop.Store(TimeProvider.System.GetUtcNow());

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task From_a_search_to_a_span_to_the_graph_and_back_to_a_search(ColorScheme scheme)
    {
        await using var process = await QueryProcess.StartAsync(_store);
        var (page, problems) = await browser.OpenAsync(process.Client.BaseAddress!, scheme);
        await page.GotoAsync("/");
        await Expect(page.Locator(".traces > li")).ToHaveCountAsync(20);
        await Browser.PictureAsync(page, $"search-{scheme}");

        await page.SelectOptionAsync("#service", "payment");
        await page.FillAsync("#tags", "error=true");
        await page.ClickAsync("text=Find traces");
        await Expect(page.Locator(".traces > li")).ToHaveCountAsync(8);
        Assert.Matches("service=payment.*tags=error%3Dtrue", page.Url);
        await page.SelectOptionAsync("[aria-label='Order of the results']", "longest");
        await page.Locator(".traces > li").First.ClickAsync();

        await Expect(page.Locator(".trace-head h1")).ToHaveTextAsync("frontend POST /checkout");
        await Expect(page.Locator(".facts").First).ToContainTextAsync("root arrived");
        await Expect(page.Locator(".row")).ToHaveCountAsync(12);
        await Browser.PictureAsync(page, $"trace-{scheme}");
        await page.ClickAsync("text=Next error");
        await page.Locator(".row", new() { HasText = "payment" }).ClickAsync();
        await Expect(page.Locator(".detail")).ToContainTextAsync("card declined: 51 insufficient funds");
        await Browser.PictureAsync(page, $"span-{scheme}");

        await page.ClickAsync("nav >> text=Dependencies");
        await Expect(page.Locator(".node")).ToHaveCountAsync(12);
        await Browser.PictureAsync(page, $"dependencies-{scheme}");
        await page.ClickAsync(".node[aria-label^='checkout:']");
        await Expect(page).ToHaveURLAsync(ServiceSearch());
        await Expect(page.Locator("#service")).ToHaveValueAsync("checkout");
        await page.GoBackAsync();
        await Expect(page.Locator(".node")).ToHaveCountAsync(12);
        Assert.Empty(problems);
    }

    [Fact]
    public async Task A_trace_can_be_read_with_the_keyboard_alone()
    {
        await using var process = await QueryProcess.StartAsync(_store);
        var (page, problems) = await browser.OpenAsync(process.Client.BaseAddress!);
        await page.GotoAsync("/trace/" + A.TraceId(100));
        await page.Locator(".scroller").FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator(".row.active")).ToContainTextAsync("checkout.Checkout/Place");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.Locator(".row")).ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.Locator(".row")).ToHaveCountAsync(12);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".detail")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".detail")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("redis");
        await Expect(page.Locator(".toolbar output")).ToHaveTextAsync("1 match");
        await Expect(page.Locator(".row.found")).ToContainTextAsync("HGETALL cart");
        Assert.Empty(problems);
    }

    [Fact]
    public async Task Hostile_names_stay_text()
    {
        await using var process = await QueryProcess.StartAsync(_store);
        var (page, problems) = await browser.OpenAsync(process.Client.BaseAddress!);
        await page.GotoAsync("/search?lookback=1h&tags=" + Uri.EscapeDataString("otel.scope.name=tests") + "&limit=50");
        await Expect(page.Locator(".trace-title").GetByText(Shop.Hostile)).ToBeVisibleAsync();
        await page.GotoAsync("/trace/" + A.TraceId(800));
        await Expect(page.Locator(".trace-head h1")).ToContainTextAsync(Shop.Hostile);
        await page.Locator(".row", new() { HasText = "odd" }).First.ClickAsync();
        await Expect(page.Locator(".tags th").GetByText(Shop.Hostile)).ToBeVisibleAsync();
        await Expect(page.Locator(".warning").First).ToContainTextAsync("1 span without its parent");
        await Browser.PictureAsync(page, "hostile");
        await page.GotoAsync("/dependencies");
        await Expect(page.Locator(".node").First).ToBeVisibleAsync();
        Assert.False(await page.EvaluateAsync<bool>("() => !!window.hacked"));
        Assert.Equal(0, await page.Locator("a[href^='javascript:']").CountAsync());
        Assert.Empty(problems);
    }

    [Fact]
    public async Task A_large_trace_shows_only_the_rows_in_sight()
    {
        var store = new MemoryStore().With(Shop.Large(TimeProvider.System.GetUtcNow().AddMinutes(-5), 10_000));
        await using var process = await QueryProcess.StartAsync(store);
        var (page, problems) = await browser.OpenAsync(process.Client.BaseAddress!);
        await page.GotoAsync("/trace/" + A.TraceId(900));
        await Expect(page.Locator(".row").First).ToBeVisibleAsync();
        await Expect(page.Locator(".scroller")).ToHaveAttributeAsync("aria-rowcount", "10000");
        Assert.InRange(await page.Locator(".row").CountAsync(), 10, 100);
        await page.Locator(".scroller").FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(page.Locator(".row.active")).ToHaveAttributeAsync("aria-rowindex", "10000");
        Assert.InRange(await page.Locator(".row").CountAsync(), 10, 100);
        await Browser.PictureAsync(page, "large");
        await page.ClickAsync("text=Collapse all");
        await Expect(page.Locator(".row")).ToHaveCountAsync(1);
        Assert.Empty(problems);
    }

    [Fact]
    public async Task Nothing_found_and_nothing_there_say_what_to_do()
    {
        await using var process = await QueryProcess.StartAsync(_store, new() { ["Query:BasePath"] = "/ops" });
        var (page, _) = await browser.OpenAsync(process.Client.BaseAddress!);
        await page.GotoAsync("/ops/search?service=nobody");
        await Expect(page.Locator(".state.empty")).ToContainTextAsync("Widen the time range");
        await Browser.PictureAsync(page, "empty");
        await page.FillAsync("#lookup-id", "abc");
        await page.PressAsync("#lookup-id", "Enter");
        await Expect(page.Locator(".state.error")).ToContainTextAsync("older than the retention");
        Assert.EndsWith("/ops/trace/abc", page.Url, StringComparison.Ordinal);
        await page.GotoAsync("/ops/search?minDuration=soon");
        await Expect(page.Locator(".state.error")).ToContainTextAsync("'soon' is not a duration such as 1.2s");
        _store.Failure = new StoreUnavailableException("no node answers");
        await page.GotoAsync("/ops/dependencies");
        await Expect(page.Locator(".state.error")).ToContainTextAsync("no node answers");
        await Browser.PictureAsync(page, "error");
        _store.Failure = null;
        await page.ClickAsync("button:text('Try again')");
        await Expect(page.Locator(".node")).ToHaveCountAsync(12);
    }

    [GeneratedRegex(@"/search\?service=checkout$")]
    private static partial Regex ServiceSearch();
}
