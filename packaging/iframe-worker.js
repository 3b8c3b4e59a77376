// A page that was opened from a folder may start no worker. The search, which is one, runs in a hidden frame of the page there.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      this.waiting = []
      frame.onload = () => {
        const inside = frame.contentWindow
        inside.postMessage = data => this.dispatchEvent(new MessageEvent("message", { data }))
        const script = inside.document.createElement("script")
        script.src = new URL(address, location.href)
        script.onload = () => {
          this.postMessage = data => inside.dispatchEvent(new MessageEvent("message", { data }))
          this.waiting.forEach(data => this.postMessage(data))
        }
        inside.document.head.append(script)
      }
      document.documentElement.append(frame)
    }

    postMessage(data) {
      this.waiting.push(data)
    }
  }
}
